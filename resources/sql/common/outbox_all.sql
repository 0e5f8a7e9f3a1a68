SELECT id, kind, target, payload, created_at, tries, last_error
FROM outbox
ORDER BY id
