CREATE TABLE probe_dialect (name TEXT NOT NULL)
--;;
INSERT INTO probe_dialect (name) VALUES ('postgres')
