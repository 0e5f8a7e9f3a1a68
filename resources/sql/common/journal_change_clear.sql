DELETE FROM journal_change
