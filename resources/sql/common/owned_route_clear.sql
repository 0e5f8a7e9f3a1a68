DELETE FROM owned_route
