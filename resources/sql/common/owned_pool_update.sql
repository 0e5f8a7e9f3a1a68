UPDATE owned_pool
SET applied_at = :applied_at, version = :version
WHERE network = :network AND first_address = :first_address AND last_address = :last_address
