-- Rows in the order of their keys: they are read in it, and a run of new ones is written where it belongs at once. IN with
-- many values costs more than everything else about a row; OR ends at the first.
CREATE TABLE subnet_next (
    tenant      TEXT NOT NULL,
    prefix      TEXT NOT NULL,
    prefix_key  BLOB NOT NULL,
    name        TEXT NOT NULL,
    role        TEXT NOT NULL CHECK (role = 'none' OR role = 'container' OR role = 'zerotier-child' OR role = 'openvpn-pool'
                                     OR role = 'connector-lan' OR role = 'standin-range' OR role = 'reserved'),
    description TEXT NOT NULL,
    tags        TEXT NOT NULL,
    custom      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    PRIMARY KEY (tenant, prefix_key)
) STRICT, WITHOUT ROWID
--;;
INSERT INTO subnet_next (tenant, prefix, prefix_key, name, role, description, tags, custom, created_at, version)
SELECT tenant, prefix, prefix_key, name, role, description, tags, custom, created_at, version
FROM subnet
--;;
DROP TABLE subnet
--;;
ALTER TABLE subnet_next RENAME TO subnet
--;;
CREATE TABLE address_next (
    tenant       TEXT NOT NULL,
    address      TEXT NOT NULL,
    address_key  BLOB NOT NULL,
    kind         TEXT NOT NULL CHECK (kind = 'used' OR kind = 'allocation' OR kind = 'reserved' OR kind = 'quarantined'),
    holder       TEXT NOT NULL,
    cn           TEXT REFERENCES connector (cn) DEFERRABLE INITIALLY DEFERRED,
    instance     TEXT REFERENCES instance (name) DEFERRABLE INITIALLY DEFERRED,
    family       INTEGER CHECK (family = 4 OR family = 6),
    description  TEXT NOT NULL,
    tags         TEXT NOT NULL,
    custom       TEXT NOT NULL,
    until        INTEGER NOT NULL,
    allocated_at INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    PRIMARY KEY (tenant, address_key),
    CHECK (kind <> 'allocation' OR (cn IS NOT NULL AND cn = holder AND instance IS NOT NULL AND family IS NOT NULL)),
    CHECK (kind = 'allocation' OR (cn IS NULL AND instance IS NULL AND family IS NULL))
) STRICT, WITHOUT ROWID
--;;
INSERT INTO address_next (tenant, address, address_key, kind, holder, cn, instance, family, description, tags, custom,
                          until, allocated_at, version)
SELECT tenant, address, address_key, kind, holder, cn, instance, family, description, tags, custom, until, allocated_at, version
FROM address
--;;
DROP VIEW allocation
--;;
DROP TABLE address
--;;
ALTER TABLE address_next RENAME TO address
--;;
CREATE UNIQUE INDEX address_by_allocation ON address (instance, holder, family) WHERE kind = 'allocation'
--;;
CREATE VIEW allocation AS
SELECT instance, cn, family, address, tenant, allocated_at, version
FROM address
WHERE kind = 'allocation'
