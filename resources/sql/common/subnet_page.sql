SELECT tenant, prefix, name, role, description, tags, custom, created_at, version
FROM subnet
WHERE tenant = :tenant AND prefix_key > :after AND prefix_key <= :last
  AND (:any_role <> 0 OR role = :role)
  AND (:any_tag <> 0 OR ';' || tags || ';' ${like} :tag ESCAPE '\')
ORDER BY prefix_key
LIMIT :most
