INSERT INTO journal_checkpoint (journal_id, table_name, row_key, image)
VALUES (:journal_id, :table_name, :row_key, :image)
