DELETE FROM division_rule
WHERE label = :label
