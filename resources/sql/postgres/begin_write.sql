-- One writer at a time in the whole store, as BEGIN IMMEDIATE gives on SQLite; 0x494e544c is "INTL".
BEGIN; SELECT pg_advisory_xact_lock(1229870156); SELECT COALESCE(MAX(id), 0), (SELECT incarnation FROM store_identity) FROM journal
