SELECT COUNT(*)
FROM virtual_claim
