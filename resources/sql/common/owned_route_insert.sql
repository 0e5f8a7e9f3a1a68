INSERT INTO owned_route (network, target, via, applied_at, version)
VALUES (:network, :target, :via, :applied_at, :version)
