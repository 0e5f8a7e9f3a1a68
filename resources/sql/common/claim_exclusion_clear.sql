DELETE FROM claim_exclusion
