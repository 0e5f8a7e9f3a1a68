DELETE FROM config_template
