DROP TABLE IF EXISTS temp.import_subnet
--;;
DROP TABLE IF EXISTS temp.import_address
