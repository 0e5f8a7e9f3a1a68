SELECT COUNT(*)
FROM config_template
