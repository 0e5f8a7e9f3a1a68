SELECT journal_id, ordinal, table_name, row_key, before_image, after_image
FROM journal_change
ORDER BY journal_id, ordinal
