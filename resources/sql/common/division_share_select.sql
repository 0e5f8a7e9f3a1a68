SELECT label, device, ordinal, part, prefix, version
FROM division_share
