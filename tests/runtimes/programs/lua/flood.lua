while true do
  print("and another line")
end
