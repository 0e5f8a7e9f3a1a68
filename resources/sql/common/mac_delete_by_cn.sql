DELETE FROM live.mac_route
WHERE cn = :cn
