SELECT kind, name, holder, epoch, expires_at, wanted_by, ${now}
FROM lease
ORDER BY kind, name
