SELECT COUNT(*)
FROM division_rule
