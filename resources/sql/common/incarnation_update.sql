UPDATE store_identity
SET incarnation = :incarnation
