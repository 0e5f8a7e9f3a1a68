SELECT id, at, actor, command, arguments, reverts, revertible, has_images
FROM journal
ORDER BY id
