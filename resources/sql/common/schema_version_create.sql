CREATE TABLE IF NOT EXISTS schema_version (
    version    ${int} NOT NULL PRIMARY KEY,
    applied_at ${int} NOT NULL,
    program    TEXT NOT NULL
)${strict}
