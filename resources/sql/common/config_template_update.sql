UPDATE config_template
SET body = :body, description = :description, created_at = :created_at, version = :version
WHERE name = :name
