-- Only beside the lock of this epoch, which a connection that was lost has taken along.
UPDATE lease
SET expires_at = ${now} + :duration
WHERE kind = :kind AND name = :name AND holder = :holder AND epoch = :epoch
  AND EXISTS (SELECT 1
              FROM pg_locks
              WHERE locktype = 'advisory' AND objsubid = 2 AND pid = pg_backend_pid()
                AND CAST(classid AS BIGINT) = CAST(:lock AS BIGINT)
                AND CAST(objid AS BIGINT) = (lease.epoch & 2147483647))
RETURNING expires_at, wanted_by
