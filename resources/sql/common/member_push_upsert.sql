INSERT INTO member_push (network, node, row_version, tries, last_error, pushed_at)
VALUES (:network, :node, :row_version, :tries, :last_error, :pushed_at)
ON CONFLICT (network, node)
DO UPDATE SET row_version = excluded.row_version, tries = excluded.tries, last_error = excluded.last_error,
    pushed_at = excluded.pushed_at
