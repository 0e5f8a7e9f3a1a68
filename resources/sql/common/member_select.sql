SELECT network, node, standing, address, device, created_at, version
FROM member
