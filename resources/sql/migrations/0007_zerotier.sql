-- ZeroTier: controllers, the networks on them, what is ours there, and what devices' configurations are made from.
CREATE TABLE controller (
    name       TEXT NOT NULL PRIMARY KEY,
    url        TEXT NOT NULL,
    token_file TEXT NOT NULL,
    flavour    TEXT NOT NULL CHECK (flavour IN ('self-hosted', 'central')),
    node       TEXT NOT NULL,
    created_at ${int} NOT NULL,
    version    ${int} NOT NULL
)${strict}
--;;
CREATE TABLE network (
    name            TEXT NOT NULL PRIMARY KEY,
    network_id      TEXT NOT NULL,
    controller      TEXT NOT NULL REFERENCES controller (name) DEFERRABLE INITIALLY DEFERRED,
    tenant          TEXT NOT NULL,
    subnet          TEXT NOT NULL,
    children        TEXT NOT NULL CHECK (children IN ('off', 'direct', 'leaves', 'all')),
    parent          TEXT NOT NULL CHECK (parent IN ('attached', 'via', 'omit')),
    gateway         TEXT NOT NULL,
    variable_key    TEXT NOT NULL UNIQUE,
    title           TEXT NOT NULL,
    auto_assign     ${int} NOT NULL CHECK (auto_assign IN (0, 1)),
    multicast_limit ${int} NOT NULL,
    mtu             ${int} NOT NULL,
    dns_domain      TEXT NOT NULL,
    dns_servers     TEXT NOT NULL,
    server          TEXT NOT NULL,
    created_at      ${int} NOT NULL,
    version         ${int} NOT NULL,
    UNIQUE (controller, network_id),
    CHECK ((parent = 'via') = (gateway <> ''))
)${strict}
--;;
CREATE TABLE owned_route (
    network    TEXT NOT NULL REFERENCES network (name) DEFERRABLE INITIALLY DEFERRED,
    target     TEXT NOT NULL,
    via        TEXT NOT NULL,
    applied_at ${int} NOT NULL,
    version    ${int} NOT NULL,
    PRIMARY KEY (network, target)
)${strict}
--;;
CREATE TABLE owned_pool (
    network       TEXT NOT NULL REFERENCES network (name) DEFERRABLE INITIALLY DEFERRED,
    first_address TEXT NOT NULL,
    last_address  TEXT NOT NULL,
    applied_at    ${int} NOT NULL,
    version       ${int} NOT NULL,
    PRIMARY KEY (network, first_address, last_address)
)${strict}
--;;
CREATE TABLE device_group (
    group_name  TEXT NOT NULL PRIMARY KEY,
    description TEXT NOT NULL,
    created_at  ${int} NOT NULL,
    version     ${int} NOT NULL
)${strict}
--;;
CREATE TABLE device (
    device      TEXT NOT NULL PRIMARY KEY,
    group_name  TEXT NOT NULL,
    node        TEXT NOT NULL,
    cn          TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at  ${int} NOT NULL,
    version     ${int} NOT NULL
)${strict}
--;;
CREATE TABLE member (
    network    TEXT NOT NULL REFERENCES network (name) DEFERRABLE INITIALLY DEFERRED,
    node       TEXT NOT NULL,
    standing   TEXT NOT NULL CHECK (standing IN ('authorized', 'deauthorized', 'removed')),
    address    TEXT NOT NULL,
    device     TEXT NOT NULL,
    created_at ${int} NOT NULL,
    version    ${int} NOT NULL,
    PRIMARY KEY (network, node)
)${strict}
--;;
-- Two members of one network never have one address; unless an edit exchanges theirs, which is one transaction: the
-- rules see to that, this is the second line.
CREATE INDEX member_by_address ON member (network, address)
--;;
CREATE TABLE variable (
    scope    TEXT NOT NULL CHECK (scope IN ('store', 'group', 'template', 'device')),
    holder   TEXT NOT NULL,
    variable TEXT NOT NULL,
    value    TEXT NOT NULL,
    version  ${int} NOT NULL,
    PRIMARY KEY (scope, holder, variable)
)${strict}
--;;
CREATE TABLE config_template (
    name        TEXT NOT NULL PRIMARY KEY,
    body        TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at  ${int} NOT NULL,
    version     ${int} NOT NULL
)${strict}
--;;
CREATE TABLE division_rule (
    label        TEXT NOT NULL PRIMARY KEY,
    tenant       TEXT NOT NULL,
    master       TEXT NOT NULL,
    child_length ${int} NOT NULL,
    subnets      ${int} NOT NULL,
    addresses    ${int} NOT NULL,
    network      TEXT NOT NULL,
    created_at   ${int} NOT NULL,
    version      ${int} NOT NULL
)${strict}
--;;
CREATE TABLE division_share (
    label   TEXT NOT NULL REFERENCES division_rule (label) DEFERRABLE INITIALLY DEFERRED,
    device  TEXT NOT NULL REFERENCES device (device) DEFERRABLE INITIALLY DEFERRED,
    ordinal ${int} NOT NULL,
    part    ${int} NOT NULL,
    prefix  TEXT NOT NULL,
    version ${int} NOT NULL,
    PRIMARY KEY (label, device, ordinal, part)
)${strict}
--;;
-- How far a member's row has come: staged as long as no push of its version was proved at the controller. It takes the
-- place of the outbox, which nothing had used yet.
DROP TABLE outbox
--;;
CREATE TABLE member_push (
    network     TEXT NOT NULL,
    node        TEXT NOT NULL,
    row_version ${int} NOT NULL,
    tries       ${int} NOT NULL,
    last_error  TEXT NOT NULL,
    pushed_at   ${int} NOT NULL,
    PRIMARY KEY (network, node)
)${strict}
--;;
-- A network and all of its members as the controller had them, packed.
CREATE TABLE network_snapshot (
    id         ${int} NOT NULL PRIMARY KEY,
    network    TEXT NOT NULL,
    network_id TEXT NOT NULL,
    taken_at   ${int} NOT NULL,
    reason     TEXT NOT NULL,
    members    ${int} NOT NULL,
    checksum   TEXT NOT NULL,
    body       ${bytes} NOT NULL
)${strict}
--;;
CREATE INDEX network_snapshot_by_network ON network_snapshot (network, id)
--;;
-- What a device's configuration was when somebody rendered it the last time.
CREATE TABLE rendering (
    device      TEXT NOT NULL,
    template    TEXT NOT NULL,
    checksum    TEXT NOT NULL,
    body        TEXT NOT NULL,
    rendered_at ${int} NOT NULL,
    PRIMARY KEY (device, template)
)${strict}
