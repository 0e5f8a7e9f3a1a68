UPDATE controller
SET url = :url, token_file = :token_file, flavour = :flavour, node = :node, created_at = :created_at,
    version = :version
WHERE name = :name
