SELECT cn, group_name, description, translation, created_at, version
FROM connector
