-- A migration of tests: slow enough to be killed in the middle.
CREATE TABLE probe (
    n    ${int} NOT NULL PRIMARY KEY,
    note TEXT NOT NULL
)${strict}
--;;
INSERT INTO probe (n, note)
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 40000)
SELECT n, 'first' FROM numbers
--;;
INSERT INTO probe (n, note)
WITH RECURSIVE numbers (n) AS (SELECT 40001 UNION ALL SELECT n + 1 FROM numbers WHERE n < 80000)
SELECT n, 'second' FROM numbers
--;;
UPDATE probe SET note = 'changed' WHERE n > 20000
--;;
ALTER TABLE connector ADD COLUMN probe TEXT
