SELECT tenant, address, kind, holder, description, tags, custom, until, allocated_at, version
FROM address
WHERE kind <> 'allocation'
  AND (holder ${like} :part ESCAPE '\' OR description ${like} :part ESCAPE '\' OR tags ${like} :part ESCAPE '\'
       OR (:with_prefixes <> 0 AND address ${like} :part ESCAPE '\'))
ORDER BY CASE
        WHEN holder = :typed OR description = :typed
          OR replace(';' || tags || ';', :typed_tag, '') <> ';' || tags || ';' THEN 0
        WHEN holder ${like} :whole ESCAPE '\' OR description ${like} :whole ESCAPE '\'
          OR ';' || tags || ';' ${like} :whole_tag ESCAPE '\' THEN 1
        WHEN holder ${like} :start ESCAPE '\' OR description ${like} :start ESCAPE '\'
          OR ';' || tags ${like} :start_tag ESCAPE '\' OR address ${like} :start ESCAPE '\' THEN 2
        ELSE 3
    END, tenant ${bytewise}, address_key
LIMIT :most
