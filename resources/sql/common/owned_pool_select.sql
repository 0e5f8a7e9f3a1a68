SELECT network, first_address, last_address, applied_at, version
FROM owned_pool
