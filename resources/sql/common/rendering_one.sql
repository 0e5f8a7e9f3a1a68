SELECT checksum, body, rendered_at
FROM rendering
WHERE device = :device AND template = :template
