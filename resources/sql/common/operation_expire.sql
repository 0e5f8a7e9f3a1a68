UPDATE operation
SET state = 'failed', result = :result
WHERE state = 'queued' AND instance = :instance AND requested_at <= ${now} - :patience
