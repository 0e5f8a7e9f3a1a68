SELECT instance, holder, family, address, tenant, allocated_at, version
FROM address
WHERE kind = 'allocation'
