SELECT id, network, network_id, taken_at, reason, members, checksum
FROM network_snapshot
WHERE network = :network
ORDER BY id DESC
