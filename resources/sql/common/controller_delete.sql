DELETE FROM controller
WHERE name = :name
