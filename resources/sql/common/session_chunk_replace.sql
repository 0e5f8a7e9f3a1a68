INSERT INTO live.session_chunk (instance, chunk, revision, facts)
VALUES (:instance, :chunk, :revision, :facts)
ON CONFLICT (instance, chunk) DO UPDATE SET revision = excluded.revision, facts = excluded.facts
