SELECT COUNT(*)
FROM controller
