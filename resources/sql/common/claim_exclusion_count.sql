SELECT COUNT(*)
FROM claim_exclusion
