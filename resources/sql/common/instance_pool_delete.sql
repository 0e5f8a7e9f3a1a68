DELETE FROM instance_pool
WHERE instance = :instance AND prefix = :prefix
