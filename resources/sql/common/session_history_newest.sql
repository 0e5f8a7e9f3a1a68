SELECT instance, generation, cid, cn, username, real_address, real_ip, address, address6, connected_at, sampled_at, ended_at,
    bytes_in, bytes_out, client_version, platform, end_reason
FROM session_history
WHERE connected_at <= :until
  AND COALESCE(ended_at, sampled_at + :sample_time) >= :from
  AND (connected_at, instance, generation, cid) < (:before_at, :before_instance, :before_generation, :before_cid)
ORDER BY connected_at DESC, instance DESC, generation DESC, cid DESC
LIMIT :limit
