DELETE FROM journal_pack
WHERE journal_id <= :last
