INSERT INTO division_share (label, device, ordinal, part, prefix, version)
VALUES (:label, :device, :ordinal, :part, :prefix, :version)
