DELETE FROM network
