SELECT scope, holder, type, value, version
FROM push_option
