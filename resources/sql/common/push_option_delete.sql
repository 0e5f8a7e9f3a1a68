DELETE FROM push_option
WHERE scope = :scope AND holder = :holder AND type = :type AND value = :value
