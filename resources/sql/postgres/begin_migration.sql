BEGIN
--;;
-- The lock of begin_write.
SELECT pg_advisory_xact_lock(1229870156)
