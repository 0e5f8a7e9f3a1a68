DELETE FROM journal_pack
