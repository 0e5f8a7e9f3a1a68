-- Packed already.
ALTER TABLE journal_pack ALTER COLUMN images SET STORAGE EXTERNAL
--;;
ALTER TABLE address DROP CONSTRAINT address_next_instance_holder_family_key
--;;
CREATE UNIQUE INDEX address_by_allocation ON address (instance, holder, family) WHERE kind = 'allocation'
