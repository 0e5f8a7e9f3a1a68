SELECT name, management, network, server_address, public_address, mode, password_file, block_length, block_length6, collision, standin_range, unknown_cn, auto_allocate, move_live, when_store_down, tenant, created_at, version
FROM instance
