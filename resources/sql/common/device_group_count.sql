SELECT COUNT(*)
FROM device_group
