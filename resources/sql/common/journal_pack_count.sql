SELECT COUNT(*)
FROM journal_pack
