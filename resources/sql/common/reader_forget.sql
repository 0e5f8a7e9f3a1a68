DELETE FROM live.reader
WHERE seen_at < ${now} - :age
