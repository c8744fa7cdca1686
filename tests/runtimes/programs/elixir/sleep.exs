Process.sleep(60_000)
