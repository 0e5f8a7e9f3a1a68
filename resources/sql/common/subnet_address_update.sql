UPDATE address
SET kind = :kind, holder = :holder, description = :description, tags = :tags, custom = :custom, until = :until,
    allocated_at = :allocated_at, version = :version
WHERE tenant = :tenant AND address_key = :address_key AND kind <> 'allocation'
