; Copies with system calls alone.
        global  main

        section .rodata
last:   db      "größe 漢字 🦀 ж", 10
length  equ     $ - last

        section .bss
buffer: resb    4096

        section .text
main:   xor     eax, eax                ; read
        xor     edi, edi
        mov     esi, buffer
        mov     edx, 4096
        syscall
        test    rax, rax
        jle     done
        mov     rdx, rax
        mov     esi, buffer
        call    write
        jmp     main
done:   mov     esi, last
        mov     edx, length
        call    write
        xor     eax, eax
        ret

write:  mov     eax, 1
        mov     edi, 1
        syscall
        ret
