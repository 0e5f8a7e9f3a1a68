SELECT COUNT(*)
FROM journal_checkpoint
