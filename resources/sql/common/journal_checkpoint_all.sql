SELECT journal_id, table_name, row_key, image
FROM journal_checkpoint
ORDER BY table_name, row_key
