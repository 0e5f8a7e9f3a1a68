DELETE FROM journal_change
WHERE journal_id <= :last
