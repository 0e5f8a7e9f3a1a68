INSERT INTO address (tenant, address, address_key, kind, holder, description, tags, custom, until, allocated_at, version)
SELECT tenant, address, address_key, kind, holder, description, tags, custom, until, allocated_at, version
FROM temp.import_address
ORDER BY tenant, address_key
