set-timeout (->), 60000
