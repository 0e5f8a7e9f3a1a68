SELECT device, group_name, node, cn, description, created_at, version
FROM device
