SELECT mac, cn, instance, last_seen
FROM live.mac_route
ORDER BY mac
