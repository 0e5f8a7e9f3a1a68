DELETE FROM claim_exclusion
WHERE prefix = :prefix
