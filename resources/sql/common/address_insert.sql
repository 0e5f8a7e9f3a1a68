INSERT INTO address (instance, holder, family, address, tenant, allocated_at, version, address_key, kind, cn,
                     description, tags, custom, until)
VALUES (:instance, :holder, :family, :address, :tenant, :allocated_at, :version, :address_key, 'allocation', :holder,
        '', '', '', 0)
