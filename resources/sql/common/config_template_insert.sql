INSERT INTO config_template (name, body, description, created_at, version)
VALUES (:name, :body, :description, :created_at, :version)
