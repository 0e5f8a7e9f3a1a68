SELECT body
FROM network_snapshot
WHERE id = :id
