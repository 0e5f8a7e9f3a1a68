DELETE FROM owned_pool
WHERE network = :network AND first_address = :first_address AND last_address = :last_address
