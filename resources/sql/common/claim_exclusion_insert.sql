INSERT INTO claim_exclusion (prefix, note, created_at, version, prefix_key)
VALUES (:prefix, :note, :created_at, :version, :prefix_key)
