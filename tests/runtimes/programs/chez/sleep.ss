(sleep (make-time 'time-duration 0 60))
