SELECT COUNT(*)
FROM operation
WHERE instance = :instance AND state = 'queued'
