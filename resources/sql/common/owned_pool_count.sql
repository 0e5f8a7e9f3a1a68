SELECT COUNT(*)
FROM owned_pool
