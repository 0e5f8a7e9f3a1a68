SELECT instance, prefix, ordinal, version
FROM instance_pool
