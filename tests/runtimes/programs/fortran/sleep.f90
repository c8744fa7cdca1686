program sleeper
  implicit none
  call sleep(60)
end program sleeper
