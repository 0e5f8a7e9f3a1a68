DELETE FROM instance_pool
