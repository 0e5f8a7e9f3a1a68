-- Fails, by dividing by zero, unless the statement changes one row: what follows in a pipeline is then not carried out.
WITH changed AS (%1 RETURNING 1) SELECT 1 / (COUNT(*) = 1)::int FROM changed
