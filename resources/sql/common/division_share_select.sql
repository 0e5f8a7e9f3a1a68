SELECT label, device, ordinal, prefix, version
FROM division_share
