-- Why a session ended; null while it lives, and where nothing is known.
ALTER TABLE session_history ADD COLUMN end_reason TEXT
