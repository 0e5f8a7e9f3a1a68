INSERT INTO network_snapshot (id, network, network_id, taken_at, reason, members, checksum, body)
VALUES (:id, :network, :network_id, :taken_at, :reason, :members, :checksum, :body)
