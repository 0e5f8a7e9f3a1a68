DELETE FROM subnet
WHERE tenant = :tenant AND prefix_key = :prefix_key
