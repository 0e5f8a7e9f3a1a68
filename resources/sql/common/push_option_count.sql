SELECT COUNT(*)
FROM push_option
