SELECT COUNT(*)
FROM instance
