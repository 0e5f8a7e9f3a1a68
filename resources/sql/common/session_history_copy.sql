INSERT INTO session_history (instance, generation, cid, cn, username, real_address, real_ip, address, address6, connected_at, sampled_at, ended_at,
    bytes_in, bytes_out, client_version, platform, end_reason)
VALUES (:instance, :generation, :cid, :cn, :username, :real_address, :real_ip, :address, :address6, :connected_at, :sampled_at,
    :ended_at, :bytes_in, :bytes_out, :client_version, :platform, :end_reason)
