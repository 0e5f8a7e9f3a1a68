SELECT COUNT(*)
FROM division_share
