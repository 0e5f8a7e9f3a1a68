SELECT tenant, description, created_at, version
FROM tenant
