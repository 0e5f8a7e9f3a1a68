DELETE FROM live.mac_route
WHERE mac = :mac
