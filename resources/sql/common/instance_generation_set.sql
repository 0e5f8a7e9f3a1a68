INSERT INTO instance_generation (instance, number, run)
VALUES (:instance, :number, :run)
ON CONFLICT (instance) DO UPDATE SET number = excluded.number, run = excluded.run
