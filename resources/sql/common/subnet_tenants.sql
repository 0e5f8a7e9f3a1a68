-- One look into the index for each tenant, however many subnets it has.
WITH RECURSIVE present (tenant) AS (
    SELECT MIN(tenant) FROM subnet
    UNION ALL
    SELECT (SELECT MIN(s.tenant) FROM subnet s WHERE s.tenant > p.tenant) FROM present p WHERE p.tenant IS NOT NULL
)
SELECT tenant
FROM present
WHERE tenant IS NOT NULL
