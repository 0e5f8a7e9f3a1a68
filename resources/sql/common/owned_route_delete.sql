DELETE FROM owned_route
WHERE network = :network AND target = :target
