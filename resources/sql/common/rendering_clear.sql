DELETE FROM rendering
