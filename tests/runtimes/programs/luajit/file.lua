local out = assert(io.open("scratch.txt", "w"))
out:write("written and read\n")
out:close()
for line in io.lines("scratch.txt") do
  print(line)
end
