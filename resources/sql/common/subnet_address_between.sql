SELECT tenant, address, kind, holder, description, tags, custom, until, allocated_at, version
FROM address
WHERE kind <> 'allocation' AND tenant = :tenant AND address_key >= :first AND address_key <= :last
ORDER BY address_key
LIMIT :most
