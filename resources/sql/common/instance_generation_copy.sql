INSERT INTO instance_generation (instance, number, run)
VALUES (:instance, :number, :run)
