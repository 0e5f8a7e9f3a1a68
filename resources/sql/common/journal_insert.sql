INSERT INTO journal (id, at, actor, command, arguments, reverts, revertible, has_images)
VALUES (:id, :at, :actor, :command, :arguments, :reverts, :revertible, 1)
