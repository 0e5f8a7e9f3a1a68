-- What imports of a million rows need: their images take packs in place of rows, and the index of allocations does not
-- hold the addresses of the tree, which are none.
CREATE TABLE journal_pack (
    journal_id  ${int} NOT NULL REFERENCES journal (id) DEFERRABLE INITIALLY DEFERRED,
    ordinal     ${int} NOT NULL,
    changes     ${int} NOT NULL,
    table_names TEXT NOT NULL,
    images      ${bytes} NOT NULL,
    PRIMARY KEY (journal_id, ordinal)
)${strict}
