SELECT device, template, checksum, body, rendered_at
FROM rendering
