File.write("scratch.txt", "written and read\n")
print File.read("scratch.txt")
