-- The lock of begin_write, for a transaction that has written already: shorter waits than the server takes to look for a
-- deadlock, so that nobody who waits for one of its rows is ended by it.
SAVEPOINT import_lock
--;;
SET LOCAL lock_timeout = '300ms'
--;;
SELECT pg_advisory_xact_lock(1229870156)
