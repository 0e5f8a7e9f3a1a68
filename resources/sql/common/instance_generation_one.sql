SELECT number, run
FROM instance_generation
WHERE instance = :instance
