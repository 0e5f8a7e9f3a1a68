UPDATE lease
SET expires_at = ${now} + :duration
WHERE kind = :kind AND name = :name AND holder = :holder AND epoch = :epoch
RETURNING expires_at, wanted_by
