SELECT journal_id, ordinal, changes, table_names, images
FROM journal_pack
ORDER BY journal_id, ordinal
