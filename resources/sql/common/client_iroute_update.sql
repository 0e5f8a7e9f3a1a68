UPDATE client_iroute
SET created_at = :created_at, version = :version
WHERE cn = :cn AND prefix = :prefix
