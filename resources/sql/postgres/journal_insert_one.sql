-- An entry with its first change in one round trip.
WITH entry AS (
    INSERT INTO journal (id, at, actor, command, arguments, reverts, revertible, has_images)
    VALUES (:id, :at, :actor, :command, :arguments, :reverts, :revertible, 1)
)
INSERT INTO journal_change (journal_id, ordinal, table_name, row_key, before_image, after_image)
VALUES (:journal_id, 0, :table_name, :row_key, :before_image, :after_image)
