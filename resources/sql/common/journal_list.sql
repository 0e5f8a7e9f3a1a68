SELECT id, at, actor, command, arguments, reverts, revertible, has_images
FROM journal
WHERE id < :before
  AND (:any_actor = 1 OR actor = :actor)
  AND (:any_table = 1
       OR EXISTS (SELECT 1 FROM journal_change c WHERE c.journal_id = journal.id AND c.table_name = :table_name)
       OR EXISTS (SELECT 1 FROM journal_pack p WHERE p.journal_id = journal.id AND ' ' || p.table_names || ' ' LIKE '% ' || :table_name || ' %'))
ORDER BY id DESC
LIMIT :limit
