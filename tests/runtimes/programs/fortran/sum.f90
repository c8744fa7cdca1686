program sum_all
  use, intrinsic :: iso_fortran_env, only: int64
  implicit none
  integer(int64) :: total
  integer :: number, status
  character(len=1) :: c
  character(len=16) :: word
  integer :: length

  ! A list-directed read consumes a whole record, and a line may hold any number of integers: hence by character.
  total = 0
  length = 0
  open (unit=10, file='/dev/stdin', access='stream', form='unformatted', action='read')
  do
    read (10, iostat=status) c
    if (status == 0 .and. c > ' ') then
      length = length + 1
      word(length:length) = c
    else if (length > 0) then
      read (word(:length), *) number
      total = total + number
      length = 0
    end if
    if (status /= 0) exit
  end do
  print '(i0)', total
end program sum_all
