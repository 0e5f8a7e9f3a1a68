DELETE FROM push_option
