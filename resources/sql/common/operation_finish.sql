UPDATE operation
SET state = :state, result = :result
WHERE state = 'taken' AND id = :id
