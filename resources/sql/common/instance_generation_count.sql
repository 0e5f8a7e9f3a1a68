SELECT COUNT(*)
FROM instance_generation
