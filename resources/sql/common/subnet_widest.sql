-- The last byte of a key is the length.
SELECT tenant, prefix, name, role, description, tags, custom, created_at, version
FROM subnet
WHERE tenant = :tenant AND prefix_key > :after AND prefix_key <= :last
ORDER BY substr(prefix_key, length(prefix_key), 1), prefix_key
LIMIT :most
