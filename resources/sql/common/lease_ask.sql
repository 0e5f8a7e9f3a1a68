UPDATE lease
SET wanted_by = :wanted_by
WHERE kind = :kind AND name = :name AND holder <> '' AND holder <> :wanted_by
