SELECT prefix, note, created_at, version
FROM claim_exclusion
