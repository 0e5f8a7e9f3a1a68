DELETE FROM client_iroute
WHERE cn = :cn AND prefix = :prefix
