INSERT INTO client_iroute (cn, prefix, created_at, version, prefix_key)
VALUES (:cn, :prefix, :created_at, :version, :prefix_key)
