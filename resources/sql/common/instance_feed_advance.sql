UPDATE live.instance_feed
SET revision = revision + 1, published_at = ${now}, health = :health
WHERE instance = :instance AND epoch = :epoch AND revision = :revision
