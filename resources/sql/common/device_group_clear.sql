DELETE FROM device_group
