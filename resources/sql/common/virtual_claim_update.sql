UPDATE virtual_claim
SET virtual = :virtual, hold = :hold, instance = :instance, allocated_at = :allocated_at, version = :version, hold_key = :hold_key, hold_last = :hold_last
WHERE cn = :cn AND "real" = :real
