DELETE FROM owned_pool
