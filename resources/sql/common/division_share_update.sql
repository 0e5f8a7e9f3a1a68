UPDATE division_share
SET prefix = :prefix, version = :version
WHERE label = :label AND device = :device AND ordinal = :ordinal AND part = :part
