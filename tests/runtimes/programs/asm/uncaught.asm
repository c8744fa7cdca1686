; Divides by zero.
        global  main
main:   xor     ecx, ecx
        xor     edx, edx
        mov     eax, 1
        div     ecx
        ret
