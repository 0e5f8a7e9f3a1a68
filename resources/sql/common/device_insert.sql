INSERT INTO device (device, group_name, node, cn, description, created_at, version)
VALUES (:device, :group_name, :node, :cn, :description, :created_at, :version)
