UPDATE instance_pool
SET ordinal = :ordinal, version = :version
WHERE instance = :instance AND prefix = :prefix
