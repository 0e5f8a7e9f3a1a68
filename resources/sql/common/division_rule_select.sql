SELECT label, tenant, master, child_length, subnets, addresses, network, created_at, version
FROM division_rule
