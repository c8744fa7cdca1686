(sleep-for 60)
