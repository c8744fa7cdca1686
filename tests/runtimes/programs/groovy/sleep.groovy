sleep 60_000
