UPDATE device_group
SET description = :description, created_at = :created_at, version = :version
WHERE group_name = :group_name
