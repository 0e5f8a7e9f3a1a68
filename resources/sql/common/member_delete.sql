DELETE FROM member
WHERE network = :network AND node = :node
