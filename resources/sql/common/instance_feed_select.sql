SELECT instance, epoch, revision, published_at, health
FROM live.instance_feed
ORDER BY instance
