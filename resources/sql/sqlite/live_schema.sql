-- The second file beside the store: facts that are true only while the backends run.
CREATE TABLE IF NOT EXISTS live.mac_route (
    mac       TEXT NOT NULL PRIMARY KEY,
    cn        TEXT NOT NULL,
    instance  TEXT NOT NULL,
    last_seen INTEGER NOT NULL
) STRICT
--;;
CREATE INDEX IF NOT EXISTS live.mac_route_by_cn ON mac_route (cn)
