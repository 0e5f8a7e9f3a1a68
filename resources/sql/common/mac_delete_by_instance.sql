DELETE FROM live.mac_route
WHERE instance = :instance
