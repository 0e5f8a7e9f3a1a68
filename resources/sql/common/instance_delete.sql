DELETE FROM instance
WHERE name = :name
