UPDATE connector
SET group_name = :group_name, description = :description, translation = :translation, created_at = :created_at, version = :version
WHERE cn = :cn
