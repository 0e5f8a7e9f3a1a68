INSERT INTO journal_change (journal_id, ordinal, table_name, row_key, before_image, after_image)
VALUES (:journal_id, :ordinal, :table_name, :row_key, :before_image, :after_image)
