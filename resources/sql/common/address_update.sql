UPDATE address
SET address = :address, tenant = :tenant, allocated_at = :allocated_at, version = :version, address_key = :address_key
WHERE instance = :instance AND holder = :holder AND family = :family AND kind = 'allocation'
