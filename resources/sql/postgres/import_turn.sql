-- Of the session, and so for as long as its import takes, whatever transactions that needs.
SELECT pg_try_advisory_lock(1229870157)
