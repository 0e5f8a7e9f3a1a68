SELECT chunk, facts
FROM live.session_chunk
WHERE instance = :instance AND revision > :revision
