local sum = 0
for number in io.read("*a"):gmatch("%-?%d+") do
  sum = sum + tonumber(number)
end
print(string.format("%d", sum))
