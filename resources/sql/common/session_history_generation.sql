SELECT COALESCE(MAX(generation), 0)
FROM session_history
WHERE instance = :instance
