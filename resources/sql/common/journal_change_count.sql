SELECT COUNT(*)
FROM journal_change
