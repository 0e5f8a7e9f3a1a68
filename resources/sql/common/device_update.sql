UPDATE device
SET group_name = :group_name, node = :node, cn = :cn, description = :description, created_at = :created_at,
    version = :version
WHERE device = :device
