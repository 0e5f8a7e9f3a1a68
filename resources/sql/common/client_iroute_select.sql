SELECT cn, prefix, created_at, version
FROM client_iroute
