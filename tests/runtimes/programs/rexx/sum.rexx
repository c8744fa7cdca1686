numeric digits 20
total = 0
do while lines() > 0
  rest = linein()
  do while rest \= ''
    parse var rest number rest
    total = total + number
  end
end
say total
