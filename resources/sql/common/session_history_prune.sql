-- The oldest first, some at a time; what was seen alive lately stays, however old it is.
DELETE FROM session_history
WHERE (instance, generation, cid) IN (
    SELECT instance, generation, cid
    FROM session_history
    WHERE connected_at < ${now} - :age AND sampled_at < ${now} - :age AND instance = :instance
    ORDER BY connected_at
    LIMIT :limit
)
