call sleep 60
