do i = 1
  kept.i = copies('x', 100000)
end
