INSERT INTO division_share (label, device, ordinal, prefix, version)
VALUES (:label, :device, :ordinal, :prefix, :version)
