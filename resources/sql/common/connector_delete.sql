DELETE FROM connector
WHERE cn = :cn
