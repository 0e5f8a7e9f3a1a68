SELECT name, body, description, created_at, version
FROM config_template
