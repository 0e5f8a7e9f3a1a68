SELECT carve_out, cn, freed_at, until, version
FROM claim_quarantine
