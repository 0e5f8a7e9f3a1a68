-- Fails, by dividing by zero, unless the journal stands where the writer has it.
SELECT 1 / (COALESCE((SELECT MAX(id) FROM journal), 0) = :head AND (SELECT incarnation FROM store_identity) = :incarnation)::int
