INSERT INTO subnet SELECT * FROM temp.import_subnet
