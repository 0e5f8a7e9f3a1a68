INSERT INTO outbox (id, kind, target, payload, created_at, tries, last_error)
VALUES (:id, :kind, :target, :payload, :created_at, :tries, :last_error)
