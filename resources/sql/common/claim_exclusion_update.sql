UPDATE claim_exclusion
SET note = :note, created_at = :created_at, version = :version
WHERE prefix = :prefix
