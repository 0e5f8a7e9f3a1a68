-- In whatever order is read quickest.
SELECT tenant, prefix_key, name, role, description, tags, custom, created_at, version
FROM subnet
