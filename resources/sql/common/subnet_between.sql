SELECT tenant, prefix, name, role, description, tags, custom, created_at, version
FROM subnet
WHERE tenant = :tenant AND prefix_key > :after AND prefix_key <= :last
ORDER BY prefix_key
LIMIT :most
