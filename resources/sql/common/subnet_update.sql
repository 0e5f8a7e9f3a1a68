UPDATE subnet
SET name = :name, role = :role, description = :description, tags = :tags, custom = :custom, created_at = :created_at,
    version = :version
WHERE tenant = :tenant AND prefix_key = :prefix_key
