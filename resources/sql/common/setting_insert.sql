INSERT INTO setting (name, value, version)
VALUES (:name, :value, :version)
