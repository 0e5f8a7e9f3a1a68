-- Where clients find the server; empty where nobody said it.
ALTER TABLE instance ADD COLUMN public_address TEXT NOT NULL DEFAULT ''
