SELECT name, network_id, controller, tenant, subnet, children, parent, gateway, variable_key, title,
       auto_assign, multicast_limit, mtu, dns_domain, dns_servers, server, created_at, version
FROM network
