INSERT INTO temp.import_subnet (tenant, prefix, prefix_key, name, role, description, tags, custom, created_at, version)
VALUES (:tenant, :prefix, :prefix_key, :name, :role, :description, :tags, :custom, :created_at, :version)
