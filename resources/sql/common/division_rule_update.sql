UPDATE division_rule
SET tenant = :tenant, master = :master, child_length = :child_length, subnets = :subnets,
    addresses = :addresses, network = :network, created_at = :created_at, version = :version
WHERE label = :label
