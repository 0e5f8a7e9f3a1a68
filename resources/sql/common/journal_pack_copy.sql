INSERT INTO journal_pack (journal_id, ordinal, changes, table_names, images)
VALUES (:journal_id, :ordinal, :changes, :table_names, :images)
