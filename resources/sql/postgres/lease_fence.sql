-- Nobody acquires it before this transaction is over.
SELECT holder, epoch
FROM lease
WHERE kind = :kind AND name = :name
FOR SHARE
