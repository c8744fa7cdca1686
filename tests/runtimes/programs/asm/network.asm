        global  main
        extern  socket, connect, puts

        section .rodata
address:
        dw      2                       ; AF_INET
        db      0, 80                   ; the port, in the network's order
        db      192, 0, 2, 1
        dq      0
none:   db      "no network", 0
some:   db      "connected", 0

        section .text
main:   push    rbx
        mov     edi, 2                  ; AF_INET
        mov     esi, 1                  ; SOCK_STREAM
        xor     edx, edx
        call    socket
        mov     edi, eax
        mov     esi, address
        mov     edx, 16
        call    connect
        mov     edi, none
        test    eax, eax
        js      say
        mov     edi, some
say:    call    puts
        xor     eax, eax
        pop     rbx
        ret
