UPDATE member
SET standing = :standing, address = :address, device = :device, created_at = :created_at, version = :version
WHERE network = :network AND node = :node
