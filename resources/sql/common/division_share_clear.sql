DELETE FROM division_share
