INSERT INTO controller (name, url, token_file, flavour, node, created_at, version)
VALUES (:name, :url, :token_file, :flavour, :node, :created_at, :version)
