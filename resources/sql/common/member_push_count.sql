SELECT COUNT(*)
FROM member_push
