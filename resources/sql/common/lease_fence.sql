SELECT holder, epoch
FROM lease
WHERE kind = :kind AND name = :name
