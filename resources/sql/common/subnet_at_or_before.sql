SELECT tenant, prefix, name, role, description, tags, custom, created_at, version
FROM subnet
WHERE tenant = :tenant AND prefix_key <= :key
ORDER BY prefix_key DESC
LIMIT 1
