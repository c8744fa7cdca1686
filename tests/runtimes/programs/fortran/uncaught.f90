program uncaught
  implicit none
  integer :: number
  ! Nothing is there to be read, and nobody asks for the status.
  read (*, *) number
  print *, number
end program uncaught
