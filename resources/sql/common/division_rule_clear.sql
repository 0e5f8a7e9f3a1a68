DELETE FROM division_rule
