-- Temporary: nobody else sees these tables or waits for them, and whatever ends the connection ends them. import_subnet is
-- subnet to the letter, because SQLite then fills an empty subnet with its records as they are.
CREATE TEMPORARY TABLE import_subnet (
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
CREATE TEMPORARY TABLE import_address (
    tenant       TEXT NOT NULL,
    address      TEXT NOT NULL,
    address_key  BLOB NOT NULL,
    kind         TEXT NOT NULL,
    holder       TEXT NOT NULL,
    description  TEXT NOT NULL,
    tags         TEXT NOT NULL,
    custom       TEXT NOT NULL,
    until        INTEGER NOT NULL,
    allocated_at INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    PRIMARY KEY (tenant, address_key)
) STRICT, WITHOUT ROWID
