INSERT INTO member_push (network, node, row_version, tries, last_error, pushed_at)
VALUES (:network, :node, :row_version, :tries, :last_error, :pushed_at)
