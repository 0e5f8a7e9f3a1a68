DELETE FROM variable
WHERE scope = :scope AND holder = :holder AND variable = :variable
