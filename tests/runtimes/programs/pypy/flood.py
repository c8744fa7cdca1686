while True:
    print("and another line")
