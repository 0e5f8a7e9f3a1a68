-- is_free: the lock of the operating system decides, and has decided.
INSERT INTO lease (kind, name, holder, epoch, expires_at, wanted_by)
VALUES (:kind, :name, :holder, 1, ${now} + :duration, NULL)
ON CONFLICT (kind, name) DO UPDATE
SET holder = excluded.holder, epoch = lease.epoch + 1, expires_at = ${now} + :duration,
    wanted_by = CASE WHEN lease.holder = excluded.holder THEN lease.wanted_by END
WHERE :is_free = 1 OR lease.expires_at <= ${now} OR lease.holder = excluded.holder
RETURNING epoch, expires_at
