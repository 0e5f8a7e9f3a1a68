SELECT COALESCE(MAX(id), 0), (SELECT incarnation FROM store_identity)
FROM journal
