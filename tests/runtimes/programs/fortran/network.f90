program network
  use, intrinsic :: iso_c_binding
  implicit none

  type, bind(c) :: inet_address
    integer(c_int16_t) :: family = 2_c_int16_t  ! AF_INET
    integer(c_int8_t) :: port(2) = [0_c_int8_t, 80_c_int8_t]
    integer(c_int8_t) :: host(4) = [-64_c_int8_t, 0_c_int8_t, 2_c_int8_t, 1_c_int8_t]  ! 192.0.2.1
    integer(c_int8_t) :: zero(8) = 0_c_int8_t
  end type inet_address

  interface
    integer(c_int) function c_socket(domain, kind, protocol) bind(c, name='socket')
      import :: c_int
      integer(c_int), value :: domain, kind, protocol
    end function c_socket
    integer(c_int) function c_connect(peer, address, length) bind(c, name='connect')
      import :: c_int, inet_address
      integer(c_int), value :: peer, length
      type(inet_address), intent(in) :: address
    end function c_connect
  end interface

  type(inet_address) :: address
  integer(c_int) :: peer

  peer = c_socket(2, 1, 0)  ! AF_INET, SOCK_STREAM
  if (peer < 0) then
    print '(a)', 'no network'
  else if (c_connect(peer, address, int(c_sizeof(address), c_int)) /= 0) then
    print '(a)', 'no network'
  else
    print '(a)', 'connected'
  end if
end program network
