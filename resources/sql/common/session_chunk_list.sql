SELECT chunk, revision
FROM live.session_chunk
WHERE instance = :instance
ORDER BY chunk
