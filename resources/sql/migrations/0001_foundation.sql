-- The rows that operators edit and connecting clients read, and the journal of every change to them.
-- ${int} is a 64-bit integer, ${bytes} a byte string, ${strict} SQLite's STRICT. Statements are separated by lines "--;;".
-- Every prefix has its canonical text, for people, and a key whose byte order is the order of prefixes: family, first
-- address, length. Times are milliseconds since 1970 UTC.
CREATE TABLE instance (
    name            TEXT NOT NULL PRIMARY KEY,
    management      TEXT NOT NULL,
    network         TEXT NOT NULL,
    server_address  TEXT NOT NULL,
    mode            TEXT NOT NULL CHECK (mode IN ('tun', 'tap')),
    password_file   TEXT NOT NULL,
    block_length    ${int} NOT NULL CHECK (block_length BETWEEN 0 AND 32),
    block_length6   ${int} NOT NULL CHECK (block_length6 BETWEEN 0 AND 128),
    collision       TEXT NOT NULL CHECK (collision IN ('keep-first', 'stand-in-both')),
    standin_range   TEXT NOT NULL,
    unknown_cn      TEXT NOT NULL CHECK (unknown_cn IN ('deny', 'admit')),
    auto_allocate   ${int} NOT NULL CHECK (auto_allocate IN (0, 1)),
    move_live       TEXT NOT NULL CHECK (move_live IN ('never', 'window', 'now')),
    when_store_down TEXT NOT NULL CHECK (when_store_down IN ('admit-known', 'deny')),
    tenant          TEXT NOT NULL,
    created_at      ${int} NOT NULL,
    version         ${int} NOT NULL
)${strict}
--;;
CREATE TABLE instance_pool (
    instance   TEXT NOT NULL REFERENCES instance (name) DEFERRABLE INITIALLY DEFERRED,
    prefix     TEXT NOT NULL,
    prefix_key ${bytes} NOT NULL,
    ordinal    ${int} NOT NULL,
    version    ${int} NOT NULL,
    PRIMARY KEY (instance, prefix)
)${strict}
--;;
CREATE TABLE connector (
    cn          TEXT NOT NULL PRIMARY KEY,
    group_name  TEXT NOT NULL,
    description TEXT NOT NULL,
    translation TEXT NOT NULL CHECK (translation IN ('client', 'router', 'host')),
    created_at  ${int} NOT NULL,
    version     ${int} NOT NULL
)${strict}
--;;
CREATE TABLE client_iroute (
    cn         TEXT NOT NULL REFERENCES connector (cn) DEFERRABLE INITIALLY DEFERRED,
    prefix     TEXT NOT NULL,
    prefix_key ${bytes} NOT NULL,
    created_at ${int} NOT NULL,
    version    ${int} NOT NULL,
    PRIMARY KEY (cn, prefix)
)${strict}
--;;
CREATE INDEX client_iroute_by_prefix ON client_iroute (prefix_key)
--;;
-- One table for every address that somebody holds; kind says who gave it out.
CREATE TABLE address (
    tenant       TEXT NOT NULL,
    address      TEXT NOT NULL,
    address_key  ${bytes} NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('allocation')),
    holder       TEXT NOT NULL REFERENCES connector (cn) DEFERRABLE INITIALLY DEFERRED,
    instance     TEXT NOT NULL REFERENCES instance (name) DEFERRABLE INITIALLY DEFERRED,
    family       ${int} NOT NULL CHECK (family IN (4, 6)),
    allocated_at ${int} NOT NULL,
    version      ${int} NOT NULL,
    PRIMARY KEY (tenant, address_key),
    UNIQUE (instance, holder, family)
)${strict}
--;;
CREATE VIEW allocation AS
SELECT instance, holder AS cn, family, address, tenant, allocated_at, version
FROM address
WHERE kind = 'allocation'
--;;
-- hold is what nobody else may overlap: the carve-out of a stand-in, the real prefix of a sentinel.
CREATE TABLE virtual_claim (
    cn           TEXT NOT NULL REFERENCES connector (cn) DEFERRABLE INITIALLY DEFERRED,
    "real"       TEXT NOT NULL,
    real_key     ${bytes} NOT NULL,
    virtual      TEXT NOT NULL,
    hold         TEXT NOT NULL,
    hold_key     ${bytes} NOT NULL,
    hold_last    ${bytes} NOT NULL,
    instance     TEXT NOT NULL REFERENCES instance (name) DEFERRABLE INITIALLY DEFERRED,
    allocated_at ${int} NOT NULL,
    version      ${int} NOT NULL,
    PRIMARY KEY (cn, "real"),
    CHECK (hold_key <= hold_last)
)${strict}
--;;
CREATE TABLE claim_exclusion (
    prefix     TEXT NOT NULL PRIMARY KEY,
    prefix_key ${bytes} NOT NULL,
    note       TEXT NOT NULL,
    created_at ${int} NOT NULL,
    version    ${int} NOT NULL
)${strict}
--;;
CREATE TABLE claim_quarantine (
    carve_out     TEXT NOT NULL PRIMARY KEY,
    carve_out_key ${bytes} NOT NULL,
    cn            TEXT NOT NULL,
    freed_at      ${int} NOT NULL,
    until         ${int} NOT NULL,
    version       ${int} NOT NULL
)${strict}
--;;
CREATE TABLE push_option (
    scope   TEXT NOT NULL CHECK (scope IN ('cn', 'group', 'instance')),
    holder  TEXT NOT NULL,
    type    TEXT NOT NULL,
    value   TEXT NOT NULL,
    version ${int} NOT NULL,
    PRIMARY KEY (scope, holder, type, value)
)${strict}
--;;
CREATE TABLE setting (
    name    TEXT NOT NULL PRIMARY KEY,
    value   TEXT NOT NULL,
    version ${int} NOT NULL
)${strict}
--;;
CREATE TABLE journal (
    id          ${int} NOT NULL PRIMARY KEY,
    at          ${int} NOT NULL,
    actor       TEXT NOT NULL,
    command     TEXT NOT NULL,
    arguments   TEXT NOT NULL,
    reverts     ${int},
    revertible  ${int} NOT NULL CHECK (revertible IN (0, 1)),
    has_images  ${int} NOT NULL CHECK (has_images IN (0, 1))
)${strict}
--;;
CREATE TABLE journal_change (
    journal_id   ${int} NOT NULL REFERENCES journal (id) DEFERRABLE INITIALLY DEFERRED,
    ordinal      ${int} NOT NULL,
    table_name   TEXT NOT NULL,
    row_key      TEXT NOT NULL,
    before_image TEXT,
    after_image  TEXT,
    PRIMARY KEY (journal_id, ordinal)
)${strict}
--;;
-- What every row was right after entry journal_id; replaying later images on it must give today's tables.
CREATE TABLE journal_checkpoint (
    journal_id ${int} NOT NULL,
    table_name TEXT NOT NULL,
    row_key    TEXT NOT NULL,
    image      TEXT NOT NULL,
    PRIMARY KEY (table_name, row_key)
)${strict}
--;;
-- Changes that are committed here and not yet proved at a backend.
CREATE TABLE outbox (
    id         ${int} NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL,
    target     TEXT NOT NULL,
    payload    TEXT NOT NULL,
    created_at ${int} NOT NULL,
    tries      ${int} NOT NULL,
    last_error TEXT
)${strict}
--;;
CREATE TABLE lease (
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    holder     TEXT NOT NULL,
    epoch      ${int} NOT NULL,
    expires_at ${int} NOT NULL,
    PRIMARY KEY (kind, name)
)${strict}
--;;
-- Changes when a restore puts other contents under the same journal numbers: replicas then start anew.
CREATE TABLE store_identity (
    singleton   ${int} NOT NULL PRIMARY KEY CHECK (singleton = 1),
    incarnation TEXT NOT NULL
)${strict}
