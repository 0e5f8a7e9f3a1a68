UPDATE journal
SET has_images = 0
WHERE id <= :last AND has_images = 1
