SELECT id, at, actor, command, arguments, reverts, revertible, has_images
FROM journal
WHERE id > :after
ORDER BY id
LIMIT :limit
