DELETE FROM address
