DELETE FROM division_share
WHERE label = :label AND device = :device AND ordinal = :ordinal AND part = :part
