SELECT COUNT(*)
FROM connector
