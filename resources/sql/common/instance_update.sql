UPDATE instance
SET management = :management, network = :network, server_address = :server_address, public_address = :public_address, mode = :mode, password_file = :password_file, block_length = :block_length, block_length6 = :block_length6, collision = :collision, standin_range = :standin_range, unknown_cn = :unknown_cn, auto_allocate = :auto_allocate, move_live = :move_live, when_store_down = :when_store_down, tenant = :tenant, created_at = :created_at, version = :version
WHERE name = :name
