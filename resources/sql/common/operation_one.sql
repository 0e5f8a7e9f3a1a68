SELECT state, result, requested_at, ${now}
FROM operation
WHERE id = :id
