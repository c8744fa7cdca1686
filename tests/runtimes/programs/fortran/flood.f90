program flood
  implicit none
  do
    print '(a)', 'a line that nobody reads'
  end do
end program flood
