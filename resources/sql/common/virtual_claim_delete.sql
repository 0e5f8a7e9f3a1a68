DELETE FROM virtual_claim
WHERE cn = :cn AND "real" = :real
