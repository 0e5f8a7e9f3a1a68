SELECT scope, holder, variable, value, version
FROM variable
