INSERT INTO temp.import_address (tenant, address, address_key, kind, holder, description, tags, custom, until, allocated_at,
                                 version)
VALUES (:tenant, :address, :address_key, :kind, :holder, :description, :tags, :custom, :until, :allocated_at, :version)
