program files
  implicit none
  character(len=80) :: line
  open (unit=10, file='scratch.txt', status='new', action='write')
  write (10, '(a)') 'written and read'
  close (10)
  open (unit=10, file='scratch.txt', status='old', action='read')
  read (10, '(a)') line
  close (10)
  print '(a)', trim(line)
end program files
