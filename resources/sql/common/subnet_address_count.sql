SELECT COUNT(*)
FROM address
WHERE kind <> 'allocation'
