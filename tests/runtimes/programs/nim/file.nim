writeFile("scratch.txt", "written and read\n")
stdout.write readFile("scratch.txt")
