SELECT tenant, prefix, name, role, description, tags, custom, created_at, version
FROM subnet
ORDER BY tenant, prefix_key
