INSERT INTO division_rule (label, tenant, master, child_length, subnets, addresses, network, created_at,
                           version)
VALUES (:label, :tenant, :master, :child_length, :subnets, :addresses, :network, :created_at, :version)
