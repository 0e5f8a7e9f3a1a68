-- The tree of subnets, and its addresses in the table of those that OpenVPN hands out: whoever has an address, there is
-- one row for it. cn is the holder of an allocation, so that it must be a connector; others are held by whom they name.
CREATE TABLE tenant (
    tenant      TEXT NOT NULL PRIMARY KEY,
    description TEXT NOT NULL,
    created_at  ${int} NOT NULL,
    version     ${int} NOT NULL
)${strict}
--;;
-- The shared tree is the tenant without a name.
CREATE TABLE subnet (
    tenant      TEXT NOT NULL,
    prefix      TEXT NOT NULL,
    prefix_key  ${bytes} NOT NULL,
    name        TEXT NOT NULL,
    role        TEXT NOT NULL CHECK (role IN ('none', 'container', 'zerotier-child', 'openvpn-pool', 'connector-lan',
                                              'standin-range', 'reserved')),
    description TEXT NOT NULL,
    tags        TEXT NOT NULL,
    custom      TEXT NOT NULL,
    created_at  ${int} NOT NULL,
    version     ${int} NOT NULL,
    PRIMARY KEY (tenant, prefix_key)
)${strict}
--;;
CREATE TABLE address_next (
    tenant       TEXT NOT NULL,
    address      TEXT NOT NULL,
    address_key  ${bytes} NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('allocation', 'used', 'reserved', 'quarantined')),
    holder       TEXT NOT NULL,
    cn           TEXT REFERENCES connector (cn) DEFERRABLE INITIALLY DEFERRED,
    instance     TEXT REFERENCES instance (name) DEFERRABLE INITIALLY DEFERRED,
    family       ${int} CHECK (family IN (4, 6)),
    description  TEXT NOT NULL,
    tags         TEXT NOT NULL,
    custom       TEXT NOT NULL,
    until        ${int} NOT NULL,
    allocated_at ${int} NOT NULL,
    version      ${int} NOT NULL,
    PRIMARY KEY (tenant, address_key),
    UNIQUE (instance, holder, family),
    CHECK (kind <> 'allocation' OR (cn IS NOT NULL AND cn = holder AND instance IS NOT NULL AND family IS NOT NULL)),
    CHECK (kind = 'allocation' OR (cn IS NULL AND instance IS NULL AND family IS NULL))
)${strict}
--;;
INSERT INTO address_next (tenant, address, address_key, kind, holder, cn, instance, family, description, tags, custom,
                          until, allocated_at, version)
SELECT tenant, address, address_key, kind, holder, holder, instance, family, '', '', '', 0, allocated_at, version
FROM address
--;;
DROP VIEW allocation
--;;
DROP TABLE address
--;;
ALTER TABLE address_next RENAME TO address
--;;
CREATE VIEW allocation AS
SELECT instance, cn, family, address, tenant, allocated_at, version
FROM address
WHERE kind = 'allocation'
