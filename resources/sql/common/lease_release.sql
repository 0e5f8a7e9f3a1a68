UPDATE lease
SET holder = '', expires_at = 0, wanted_by = NULL
WHERE kind = :kind AND name = :name AND holder = :holder AND epoch = :epoch
