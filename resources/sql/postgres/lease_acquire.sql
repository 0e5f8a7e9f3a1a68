-- Free is what was given up or has run out, and what nobody renewed for a while whose holder's lock is gone: that goes with
-- its connection, so the process is dead or cut off. A server that started since has no lock of anybody.
INSERT INTO lease (kind, name, holder, epoch, expires_at, wanted_by)
VALUES (:kind, :name, :holder, 1, ${now} + :duration, NULL)
ON CONFLICT (kind, name) DO UPDATE
SET holder = excluded.holder, epoch = lease.epoch + 1, expires_at = ${now} + :duration,
    wanted_by = CASE WHEN lease.holder = excluded.holder THEN lease.wanted_by END
WHERE lease.expires_at <= ${now} OR lease.holder = excluded.holder
   OR (lease.expires_at - :duration + :orphan <= ${now}
       AND lease.expires_at - :duration > CAST(EXTRACT(EPOCH FROM pg_postmaster_start_time()) * 1000 AS BIGINT)
       AND NOT EXISTS (SELECT 1
                       FROM pg_locks
                       WHERE locktype = 'advisory' AND objsubid = 2
                         AND CAST(classid AS BIGINT) = CAST(:lock AS BIGINT)
                         AND CAST(objid AS BIGINT) = (lease.epoch & 2147483647)
                         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())))
RETURNING epoch, expires_at,
    pg_try_advisory_lock(CAST(:lock AS INTEGER), CAST(epoch & 2147483647 AS INTEGER))
