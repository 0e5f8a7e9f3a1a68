UPDATE variable
SET value = :value, version = :version
WHERE scope = :scope AND holder = :holder AND variable = :variable
