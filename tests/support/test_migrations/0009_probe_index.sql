CREATE INDEX probe_by_note ON probe (note, n)
--;;
DELETE FROM probe WHERE n <= 10000
