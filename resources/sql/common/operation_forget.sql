-- The newest stays, so that its number is not given again.
DELETE FROM operation
WHERE requested_at < ${now} - :age AND COALESCE(until, 0) < ${now} AND id < (SELECT MAX(id) FROM operation)
