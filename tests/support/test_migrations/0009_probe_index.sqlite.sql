CREATE TABLE probe_dialect (name TEXT NOT NULL) STRICT
--;;
INSERT INTO probe_dialect (name) VALUES ('sqlite')
