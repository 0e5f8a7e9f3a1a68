INSERT INTO variable (scope, holder, variable, value, version)
VALUES (:scope, :holder, :variable, :value, :version)
