DELETE FROM variable
