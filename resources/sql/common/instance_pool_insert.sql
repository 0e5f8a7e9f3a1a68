INSERT INTO instance_pool (instance, prefix, ordinal, version, prefix_key)
VALUES (:instance, :prefix, :ordinal, :version, :prefix_key)
