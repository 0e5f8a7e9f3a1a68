INSERT INTO operation (kind, instance, session, cn, until, arguments, actor, state, requested_at)
VALUES (:kind, :instance, :session, :cn, :until, :arguments, :actor, 'queued', ${now})
RETURNING id
