DELETE FROM controller
