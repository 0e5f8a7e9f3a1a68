SELECT instance, generation, cid, cn, username, real_address, real_ip, address, address6, connected_at, sampled_at, ended_at,
    bytes_in, bytes_out, client_version, platform, end_reason
FROM session_history
ORDER BY instance, generation, cid
