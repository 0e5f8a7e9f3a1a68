INSERT INTO live.agent (name, seen_at)
VALUES (:name, ${now})
ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at
