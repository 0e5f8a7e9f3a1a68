-- Two holds of different CNs never overlap. btree_gist gives GiST the <> on text; it is a trusted extension, so the owner of
-- the database may create it.
CREATE EXTENSION IF NOT EXISTS btree_gist
--;;
ALTER TABLE virtual_claim ADD CONSTRAINT virtual_claim_overlap
    EXCLUDE USING gist (((hold)::inet) inet_ops WITH &&, cn WITH <>)
--;;
-- Live facts survive no crash and need no log.
CREATE SCHEMA live
--;;
CREATE UNLOGGED TABLE live.mac_route (
    mac       TEXT NOT NULL PRIMARY KEY,
    cn        TEXT NOT NULL,
    instance  TEXT NOT NULL,
    last_seen BIGINT NOT NULL
)
--;;
CREATE INDEX mac_route_by_cn ON live.mac_route (cn)
--;;
-- Readers elsewhere learn of a commit by its id alone.
CREATE FUNCTION journal_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('interlock_journal', '');
    RETURN NULL;
END
$$
--;;
CREATE TRIGGER journal_notify AFTER INSERT ON journal FOR EACH STATEMENT EXECUTE FUNCTION journal_notify()
