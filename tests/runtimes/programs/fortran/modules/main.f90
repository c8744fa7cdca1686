program main
  use places, only: where_from
  implicit none
  print '(a)', where_from()
end program main
