DELETE FROM network
WHERE name = :name
