program hog
  implicit none
  type :: block
    integer, allocatable :: values(:)
  end type block
  type(block) :: blocks(100000)
  integer :: i
  do i = 1, size(blocks)
    allocate (blocks(i)%values(262144))
    blocks(i)%values = i
  end do
  print *, blocks(size(blocks))%values(1)
end program hog
