INSERT INTO address (instance, holder, family, address, tenant, allocated_at, version, address_key, kind)
VALUES (:instance, :holder, :family, :address, :tenant, :allocated_at, :version, :address_key, 'allocation')
