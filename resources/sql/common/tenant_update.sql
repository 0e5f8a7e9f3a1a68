UPDATE tenant
SET description = :description, created_at = :created_at, version = :version
WHERE tenant = :tenant
