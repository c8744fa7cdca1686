program unicode
  implicit none
  character(len=4096) :: line
  integer :: status, length
  do
    read (*, '(a)', advance='no', size=length, iostat=status) line
    if (is_iostat_end(status)) exit
    print '(a)', line(:length)
  end do
  print '(a)', 'größe 漢字 🦀 ж'
end program unicode
