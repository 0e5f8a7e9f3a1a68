SELECT tenant, prefix, name, role, description, tags, custom, created_at, version
FROM subnet
WHERE name ${like} :part ESCAPE '\' OR description ${like} :part ESCAPE '\' OR tags ${like} :part ESCAPE '\'
   OR (:with_prefixes <> 0 AND prefix ${like} :part ESCAPE '\')
ORDER BY CASE
        WHEN name = :typed OR description = :typed
          OR replace(';' || tags || ';', :typed_tag, '') <> ';' || tags || ';' THEN 0
        WHEN name ${like} :whole ESCAPE '\' OR description ${like} :whole ESCAPE '\'
          OR ';' || tags || ';' ${like} :whole_tag ESCAPE '\' THEN 1
        WHEN name ${like} :start ESCAPE '\' OR description ${like} :start ESCAPE '\'
          OR ';' || tags ${like} :start_tag ESCAPE '\' OR prefix ${like} :start ESCAPE '\' THEN 2
        ELSE 3
    END, tenant ${bytewise}, prefix_key
LIMIT :most
