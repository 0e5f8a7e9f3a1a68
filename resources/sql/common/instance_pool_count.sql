SELECT COUNT(*)
FROM instance_pool
