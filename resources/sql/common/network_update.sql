UPDATE network
SET network_id = :network_id, controller = :controller, tenant = :tenant, subnet = :subnet,
    children = :children, parent = :parent, gateway = :gateway, variable_key = :variable_key, title = :title,
    auto_assign = :auto_assign, multicast_limit = :multicast_limit, mtu = :mtu, dns_domain = :dns_domain,
    dns_servers = :dns_servers, server = :server, created_at = :created_at, version = :version
WHERE name = :name
