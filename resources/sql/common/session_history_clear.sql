DELETE FROM session_history
