SELECT network, target, via, applied_at, version
FROM owned_route
