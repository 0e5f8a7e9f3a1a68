SELECT COUNT(*)
FROM client_iroute
