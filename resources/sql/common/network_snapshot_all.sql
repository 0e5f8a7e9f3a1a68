SELECT id, network, network_id, taken_at, reason, members, checksum, body
FROM network_snapshot
