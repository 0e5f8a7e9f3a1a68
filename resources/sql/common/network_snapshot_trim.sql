DELETE FROM network_snapshot
WHERE network = :network
  AND id NOT IN (SELECT id FROM network_snapshot WHERE network = :network ORDER BY id DESC LIMIT :kept)
