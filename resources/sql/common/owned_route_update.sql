UPDATE owned_route
SET via = :via, applied_at = :applied_at, version = :version
WHERE network = :network AND target = :target
