module places
  implicit none
contains
  function where_from() result(answer)
    character(len=13) :: answer
    answer = 'from a module'
  end function where_from
end module places
