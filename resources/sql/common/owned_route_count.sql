SELECT COUNT(*)
FROM owned_route
