        global  main
        extern  sleep
main:   push    rbx
        mov     edi, 60
        call    sleep
        pop     rbx
        ret
