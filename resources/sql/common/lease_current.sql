SELECT holder, epoch, expires_at, wanted_by, ${now}
FROM lease
WHERE kind = :kind AND name = :name
