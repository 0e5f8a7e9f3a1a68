INSERT INTO owned_pool (network, first_address, last_address, applied_at, version)
VALUES (:network, :first_address, :last_address, :applied_at, :version)
