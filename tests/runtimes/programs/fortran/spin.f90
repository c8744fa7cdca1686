program spin
  use, intrinsic :: iso_fortran_env, only: int64
  implicit none
  integer(int64), volatile :: n
  n = 0
  do
    n = n + 1
  end do
end program spin
