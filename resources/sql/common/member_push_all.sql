SELECT network, node, row_version, tries, last_error, pushed_at
FROM member_push
