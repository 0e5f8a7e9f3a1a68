-- What the owner of an OpenVPN instance keeps for good besides the journal: the history of sessions, the daemon's runs, and
-- the requests that others make of it. Times are milliseconds since 1970 UTC.
ALTER TABLE lease ADD COLUMN wanted_by TEXT
--;;
-- real_ip is real_address without the port, if it is an address.
CREATE TABLE session_history (
    instance       TEXT NOT NULL,
    generation     ${int} NOT NULL,
    cid            ${int} NOT NULL,
    cn             TEXT,
    username       TEXT NOT NULL,
    real_address   TEXT NOT NULL,
    real_ip        TEXT,
    address        TEXT,
    address6       TEXT,
    connected_at   ${int} NOT NULL,
    sampled_at     ${int} NOT NULL,
    ended_at       ${int},
    bytes_in       ${int} NOT NULL,
    bytes_out      ${int} NOT NULL,
    client_version TEXT NOT NULL,
    platform       TEXT NOT NULL,
    PRIMARY KEY (instance, generation, cid)
)${strict}
--;;
-- In the order in which pages are read, so that the newest of a CN are found without sorting all of them.
CREATE INDEX session_history_by_cn ON session_history (cn, connected_at, instance, generation, cid)
--;;
CREATE INDEX session_history_by_time ON session_history (connected_at, instance, generation, cid)
--;;
CREATE INDEX session_history_by_address ON session_history (address) WHERE address IS NOT NULL
--;;
CREATE INDEX session_history_by_address6 ON session_history (address6) WHERE address6 IS NOT NULL
--;;
CREATE INDEX session_history_by_real_ip ON session_history (real_ip) WHERE real_ip IS NOT NULL
--;;
-- The last run of each daemon; run is what the engine knows it by.
CREATE TABLE instance_generation (
    instance TEXT NOT NULL PRIMARY KEY,
    number   ${int} NOT NULL,
    run      TEXT NOT NULL
)${strict}
--;;
CREATE TABLE operation (
    id           ${int} NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('kill', 'deny', 'reconnect', 'probe')),
    instance     TEXT NOT NULL,
    session      TEXT,
    cn           TEXT,
    until        ${int},
    arguments    TEXT NOT NULL,
    actor        TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('queued', 'taken', 'done', 'failed')),
    requested_at ${int} NOT NULL,
    taken_epoch  ${int},
    result       TEXT
)${strict}
--;;
CREATE INDEX operation_by_state ON operation (instance, state)
