SELECT instance, cn, until, actor
FROM operation
WHERE instance = :instance AND kind = 'deny' AND until > ${now} AND cn IS NOT NULL
ORDER BY cn, until
