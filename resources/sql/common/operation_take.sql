UPDATE operation
SET state = 'taken', taken_epoch = :epoch
WHERE state = 'queued' AND instance = :instance AND requested_at > ${now} - :patience
RETURNING id, kind, instance, session, cn, until, arguments, actor
