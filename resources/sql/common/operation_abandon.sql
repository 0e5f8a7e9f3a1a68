UPDATE operation
SET state = 'failed', result = :result
WHERE state = 'taken' AND instance = :instance AND taken_epoch < :epoch
