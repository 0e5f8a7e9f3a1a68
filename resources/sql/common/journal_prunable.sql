SELECT COALESCE(MAX(id), 0), COUNT(*)
FROM journal
WHERE at < :before AND has_images = 1
