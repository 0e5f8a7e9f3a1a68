DELETE FROM instance
