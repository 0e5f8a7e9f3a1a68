DELETE FROM claim_quarantine
WHERE carve_out = :carve_out
