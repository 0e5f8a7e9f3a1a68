SELECT tenant, address, kind, holder, description, tags, custom, until, allocated_at, version
FROM address
WHERE kind <> 'allocation'
ORDER BY tenant, address_key
