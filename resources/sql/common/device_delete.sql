DELETE FROM device
WHERE device = :device
