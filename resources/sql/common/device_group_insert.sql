INSERT INTO device_group (group_name, description, created_at, version)
VALUES (:group_name, :description, :created_at, :version)
