SELECT MAX(id)
FROM network_snapshot
