! Fortran's own threads, OpenMP's, need the flag -fopenmp; those of the system need none.
module squares
  use, intrinsic :: iso_c_binding
  implicit none
  integer(c_int), target :: numbers(10)

  interface
    integer(c_int) function pthread_create(thread, attributes, start, argument) bind(c)
      import :: c_int, c_intptr_t, c_ptr, c_funptr
      integer(c_intptr_t), intent(out) :: thread
      type(c_ptr), value :: attributes, argument
      type(c_funptr), value :: start
    end function pthread_create
    integer(c_int) function pthread_join(thread, result) bind(c)
      import :: c_int, c_intptr_t, c_ptr
      integer(c_intptr_t), value :: thread
      type(c_ptr), value :: result
    end function pthread_join
  end interface

contains

  type(c_ptr) function square(argument) bind(c)
    type(c_ptr), value :: argument
    integer(c_int), pointer :: number
    call c_f_pointer(argument, number)
    number = number * number
    square = c_null_ptr
  end function square

end module squares

program threads
  use squares
  implicit none
  integer(c_intptr_t) :: handles(10)
  integer :: i
  do i = 1, 10
    numbers(i) = i
    if (pthread_create(handles(i), c_null_ptr, c_funloc(square), c_loc(numbers(i))) /= 0) error stop 'no thread'
  end do
  do i = 1, 10
    if (pthread_join(handles(i), c_null_ptr) /= 0) error stop 'not joined'
  end do
  print '(i0)', sum(numbers)
end program threads
