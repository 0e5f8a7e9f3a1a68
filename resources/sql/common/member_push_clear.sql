DELETE FROM member_push
