with open("scratch.txt", "w") as file:
    file.write("written and read\n")
with open("scratch.txt") as file:
    print(file.read(), end="")
