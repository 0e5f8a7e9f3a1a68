SELECT name, url, token_file, flavour, node, created_at, version
FROM controller
