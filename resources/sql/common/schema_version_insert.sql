INSERT INTO schema_version (version, applied_at, program)
VALUES (:version, :applied_at, :program)
