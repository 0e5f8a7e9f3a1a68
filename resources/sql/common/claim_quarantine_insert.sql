INSERT INTO claim_quarantine (carve_out, cn, freed_at, until, version, carve_out_key)
VALUES (:carve_out, :cn, :freed_at, :until, :version, :carve_out_key)
