INSERT INTO rendering (device, template, checksum, body, rendered_at)
VALUES (:device, :template, :checksum, :body, :rendered_at)
ON CONFLICT (device, template)
DO UPDATE SET checksum = excluded.checksum, body = excluded.body, rendered_at = excluded.rendered_at
