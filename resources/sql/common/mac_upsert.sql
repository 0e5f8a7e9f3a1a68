INSERT INTO live.mac_route (mac, cn, instance, last_seen)
VALUES (:mac, :cn, :instance, :last_seen)
ON CONFLICT (mac) DO UPDATE SET cn = excluded.cn, instance = excluded.instance, last_seen = excluded.last_seen
