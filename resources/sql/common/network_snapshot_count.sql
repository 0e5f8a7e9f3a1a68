SELECT COUNT(*)
FROM network_snapshot
