-- Up to the first entry that must stay: clocks may have gone back, and what stays must replay.
SELECT COALESCE(MAX(id), 0), COUNT(*)
FROM journal
WHERE has_images = 1
  AND id < COALESCE((SELECT MIN(id) FROM journal WHERE at >= :before), (SELECT MAX(id) + 1 FROM journal))
