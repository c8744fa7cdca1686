import threading

squares = []
threads = [threading.Thread(target=lambda i=i: squares.append(i * i)) for i in range(1, 11)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sum(squares))
