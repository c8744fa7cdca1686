setTimeout (->), 60000
