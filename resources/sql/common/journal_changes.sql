SELECT journal_id, table_name, before_image, after_image
FROM journal_change
WHERE journal_id >= :first AND journal_id <= :last
ORDER BY journal_id, ordinal
