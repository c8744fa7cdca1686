io.write(io.read("*a"))
print("größe 漢字 🦀 ж")
