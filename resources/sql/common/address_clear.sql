DELETE FROM address
WHERE kind = 'allocation'
