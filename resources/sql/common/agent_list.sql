SELECT name, seen_at, ${now}
FROM live.agent
ORDER BY name
