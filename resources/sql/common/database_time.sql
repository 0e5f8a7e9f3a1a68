SELECT ${now}
