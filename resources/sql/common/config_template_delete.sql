DELETE FROM config_template
WHERE name = :name
