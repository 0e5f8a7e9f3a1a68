DELETE FROM address
WHERE tenant = :tenant AND address_key = :address_key AND kind <> 'allocation'
