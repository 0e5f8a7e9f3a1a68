DELETE FROM address
WHERE instance = :instance AND holder = :holder AND family = :family AND kind = 'allocation'
