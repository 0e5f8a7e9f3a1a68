SELECT instance, number, run
FROM instance_generation
ORDER BY instance
