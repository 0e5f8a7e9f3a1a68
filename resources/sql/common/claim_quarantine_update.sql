UPDATE claim_quarantine
SET cn = :cn, freed_at = :freed_at, until = :until, version = :version
WHERE carve_out = :carve_out
