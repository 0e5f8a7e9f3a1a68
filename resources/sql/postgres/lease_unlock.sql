SELECT pg_advisory_unlock(CAST(:lock AS INTEGER), CAST(CAST(:epoch AS BIGINT) & 2147483647 AS INTEGER))
WHERE EXISTS (SELECT 1
              FROM pg_locks
              WHERE locktype = 'advisory' AND objsubid = 2 AND pid = pg_backend_pid()
                AND CAST(classid AS BIGINT) = CAST(:lock AS BIGINT)
                AND CAST(objid AS BIGINT) = (CAST(:epoch AS BIGINT) & 2147483647))
