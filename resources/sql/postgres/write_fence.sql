-- Fails, by dividing by zero, unless the lease is still that one; and nobody acquires it before this transaction is over.
SELECT 1 / (COUNT(*) = 1)::int
FROM (SELECT 1 FROM lease WHERE kind = :kind AND name = :name AND holder = :holder AND epoch = :epoch FOR SHARE) AS held
