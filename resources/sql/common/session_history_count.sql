SELECT COUNT(*)
FROM session_history
