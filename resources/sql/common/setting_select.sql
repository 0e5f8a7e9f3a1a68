SELECT name, value, version
FROM setting
