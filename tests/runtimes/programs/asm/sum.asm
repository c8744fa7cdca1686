; Reads with the C library, a number at a time.
        global  main
        extern  printf, scanf

        section .rodata
in:     db      "%ld", 0
out:    db      "%ld", 10, 0

        section .bss
number: resq    1

        section .text
main:   push    rbx
        xor     ebx, ebx
next:   mov     edi, in
        mov     esi, number
        xor     eax, eax
        call    scanf
        cmp     eax, 1
        jne     done
        add     rbx, [number]
        jmp     next
done:   mov     edi, out
        mov     rsi, rbx
        xor     eax, eax
        call    printf
        xor     eax, eax
        pop     rbx
        ret
