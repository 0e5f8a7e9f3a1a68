-- Images in rows, or packed: of one entry all are the one or the other.
SELECT journal_id, ordinal, table_names AS table_name, NULL AS before_image, NULL AS after_image, images
FROM journal_pack
WHERE journal_id >= :first AND journal_id <= :last
UNION ALL
SELECT journal_id, ordinal, table_name, before_image, after_image, NULL
FROM journal_change
WHERE journal_id >= :first AND journal_id <= :last
ORDER BY journal_id, ordinal
