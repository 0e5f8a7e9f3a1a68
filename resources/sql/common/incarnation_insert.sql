INSERT INTO store_identity (singleton, incarnation)
VALUES (1, :incarnation)
