SELECT cn, "real", virtual, hold, instance, allocated_at, version
FROM virtual_claim
