INSERT INTO push_option (scope, holder, type, value, version)
VALUES (:scope, :holder, :type, :value, :version)
