DELETE FROM live.session_chunk
WHERE instance = :instance AND chunk >= :chunk
