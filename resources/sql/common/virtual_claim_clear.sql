DELETE FROM virtual_claim
