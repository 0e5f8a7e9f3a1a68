UPDATE push_option
SET version = :version
WHERE scope = :scope AND holder = :holder AND type = :type AND value = :value
