INSERT INTO rendering (device, template, checksum, body, rendered_at)
VALUES (:device, :template, :checksum, :body, :rendered_at)
