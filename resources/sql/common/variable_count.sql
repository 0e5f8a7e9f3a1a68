SELECT COUNT(*)
FROM variable
