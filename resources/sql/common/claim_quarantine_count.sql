SELECT COUNT(*)
FROM claim_quarantine
