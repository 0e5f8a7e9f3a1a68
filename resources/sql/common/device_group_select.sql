SELECT group_name, description, created_at, version
FROM device_group
