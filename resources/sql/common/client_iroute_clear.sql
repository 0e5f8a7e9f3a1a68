DELETE FROM client_iroute
