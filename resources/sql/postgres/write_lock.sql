-- One writer at a time in the whole store, as BEGIN IMMEDIATE gives on SQLite; 0x494e544c is "INTL".
SELECT pg_advisory_xact_lock(1229870156)
