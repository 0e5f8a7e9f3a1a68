-- In whatever order is read quickest.
SELECT tenant, address_key, kind, holder, description, tags, custom, until, allocated_at, version
FROM address
WHERE kind <> 'allocation'
