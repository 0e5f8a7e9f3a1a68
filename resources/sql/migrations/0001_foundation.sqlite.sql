-- Two holds of different CNs never overlap. Prefixes nest or are disjoint, so what overlaps a new one either begins inside
-- it, or contains it. What contains it also contains its direct predecessor in key order, or is that predecessor; two
-- that overlap have one CN; so only the predecessor's CN can be the owner of a container.
CREATE INDEX virtual_claim_by_hold ON virtual_claim (hold_key, hold_last, cn)
--;;
CREATE TRIGGER virtual_claim_overlap_insert AFTER INSERT ON virtual_claim
WHEN EXISTS (SELECT 1 FROM virtual_claim c
             WHERE c.hold_key BETWEEN new.hold_key AND new.hold_last AND c.cn <> new.cn)
  OR EXISTS (SELECT 1 FROM virtual_claim c
             WHERE c.cn = (SELECT p.cn FROM virtual_claim p WHERE p.hold_key < new.hold_key ORDER BY p.hold_key DESC LIMIT 1)
               AND c.cn <> new.cn AND c.hold_key < new.hold_key AND c.hold_last >= new.hold_last)
BEGIN
    SELECT RAISE(ABORT, 'virtual_claim_overlap');
END
--;;
CREATE TRIGGER virtual_claim_overlap_update AFTER UPDATE OF cn, hold_key, hold_last ON virtual_claim
WHEN EXISTS (SELECT 1 FROM virtual_claim c
             WHERE c.hold_key BETWEEN new.hold_key AND new.hold_last AND c.cn <> new.cn)
  OR EXISTS (SELECT 1 FROM virtual_claim c
             WHERE c.cn = (SELECT p.cn FROM virtual_claim p WHERE p.hold_key < new.hold_key ORDER BY p.hold_key DESC LIMIT 1)
               AND c.cn <> new.cn AND c.hold_key < new.hold_key AND c.hold_last >= new.hold_last)
BEGIN
    SELECT RAISE(ABORT, 'virtual_claim_overlap');
END
