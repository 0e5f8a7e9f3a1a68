-- The second file beside the store: facts that are true only while the backends run.
CREATE TABLE IF NOT EXISTS live.mac_route (
    mac       TEXT NOT NULL PRIMARY KEY,
    cn        TEXT NOT NULL,
    instance  TEXT NOT NULL,
    last_seen INTEGER NOT NULL
) STRICT
--;;
CREATE INDEX IF NOT EXISTS live.mac_route_by_cn ON mac_route (cn)
--;;
-- One row for each instance that was published; its sessions are packed in chunks.
CREATE TABLE IF NOT EXISTS live.instance_feed (
    instance     TEXT NOT NULL PRIMARY KEY,
    epoch        INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    published_at INTEGER NOT NULL,
    health       BLOB NOT NULL
) STRICT
--;;
CREATE TABLE IF NOT EXISTS live.session_chunk (
    instance TEXT NOT NULL,
    chunk    INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    facts    BLOB NOT NULL,
    PRIMARY KEY (instance, chunk)
) STRICT
--;;
-- Who looks at live facts, and which agents are alive.
CREATE TABLE IF NOT EXISTS live.reader (
    name    TEXT NOT NULL PRIMARY KEY,
    seen_at INTEGER NOT NULL
) STRICT
--;;
CREATE TABLE IF NOT EXISTS live.agent (
    name    TEXT NOT NULL PRIMARY KEY,
    seen_at INTEGER NOT NULL
) STRICT
