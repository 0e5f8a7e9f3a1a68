INSERT INTO tenant (tenant, description, created_at, version)
VALUES (:tenant, :description, :created_at, :version)
