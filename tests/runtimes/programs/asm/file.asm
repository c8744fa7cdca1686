        global  main
        extern  fopen, fputs, fclose, fgets, printf

        section .rodata
name:   db      "scratch.txt", 0
write:  db      "w", 0
read:   db      "r", 0
text:   db      "written and read", 10, 0
format: db      "%s", 0

        section .bss
line:   resb    64

        section .text
main:   push    rbx
        mov     edi, name
        mov     esi, write
        call    fopen
        mov     rbx, rax
        mov     edi, text
        mov     rsi, rbx
        call    fputs
        mov     rdi, rbx
        call    fclose
        mov     edi, name
        mov     esi, read
        call    fopen
        mov     rdx, rax
        mov     edi, line
        mov     esi, 64
        call    fgets
        mov     edi, format
        mov     esi, line
        xor     eax, eax
        call    printf
        xor     eax, eax
        pop     rbx
        ret
