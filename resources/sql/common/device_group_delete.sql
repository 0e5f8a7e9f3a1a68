DELETE FROM device_group
WHERE group_name = :group_name
