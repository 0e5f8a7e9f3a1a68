INSERT INTO connector (cn, group_name, description, translation, created_at, version)
VALUES (:cn, :group_name, :description, :translation, :created_at, :version)
