DELETE FROM connector
