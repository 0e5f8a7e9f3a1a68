UPDATE setting
SET value = :value, version = :version
WHERE name = :name
