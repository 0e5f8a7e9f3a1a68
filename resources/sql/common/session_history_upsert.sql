-- An end that was recorded stays.
INSERT INTO session_history (instance, generation, cid, cn, username, real_address, real_ip, address, address6, connected_at, sampled_at, ended_at,
    bytes_in, bytes_out, client_version, platform, end_reason)
VALUES (:instance, :generation, :cid, :cn, :username, :real_address, :real_ip, :address, :address6, :connected_at, :sampled_at,
    :ended_at, :bytes_in, :bytes_out, :client_version, :platform, :end_reason)
ON CONFLICT (instance, generation, cid) DO UPDATE
SET cn = excluded.cn, username = excluded.username, real_address = excluded.real_address, real_ip = excluded.real_ip,
    address = excluded.address, address6 = excluded.address6, connected_at = excluded.connected_at,
    sampled_at = excluded.sampled_at, ended_at = COALESCE(session_history.ended_at, excluded.ended_at),
    bytes_in = excluded.bytes_in, bytes_out = excluded.bytes_out, client_version = excluded.client_version,
    platform = excluded.platform, end_reason = COALESCE(session_history.end_reason, excluded.end_reason)
