SELECT id, at, actor, command, arguments, reverts, revertible, has_images,
       (SELECT COALESCE(SUM(p.changes), 0) FROM journal_pack p WHERE p.journal_id = journal.id)
FROM journal
WHERE id > :after
ORDER BY id
LIMIT :limit
