SELECT COUNT(*)
FROM rendering
