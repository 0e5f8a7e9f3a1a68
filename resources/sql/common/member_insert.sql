INSERT INTO member (network, node, standing, address, device, created_at, version)
VALUES (:network, :node, :standing, :address, :device, :created_at, :version)
