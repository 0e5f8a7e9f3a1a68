INSERT INTO virtual_claim (cn, "real", virtual, hold, instance, allocated_at, version, real_key, hold_key, hold_last)
VALUES (:cn, :real, :virtual, :hold, :instance, :allocated_at, :version, :real_key, :hold_key, :hold_last)
