-- Of a new lease, or where the facts were lost.
INSERT INTO live.instance_feed (instance, epoch, revision, published_at, health)
VALUES (:instance, :epoch, :revision, ${now}, :health)
ON CONFLICT (instance) DO UPDATE
SET epoch = excluded.epoch, revision = excluded.revision, published_at = excluded.published_at, health = excluded.health
