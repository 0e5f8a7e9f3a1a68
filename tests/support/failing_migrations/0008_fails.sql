-- A migration of tests that ends half way.
CREATE TABLE probe (n ${int} NOT NULL PRIMARY KEY)${strict}
--;;
INSERT INTO probe (n) VALUES (1)
--;;
ALTER TABLE connector ADD COLUMN probe TEXT
--;;
INSERT INTO probe (n) VALUES (1)
