sleep 60.seconds
