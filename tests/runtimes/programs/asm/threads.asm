        global  main
        extern  pthread_create, pthread_join, printf

        section .rodata
format: db      "%d", 10, 0

        section .bss
threads:
        resq    11
total:  resd    1

        section .text
square: imul    edi, edi                ; the number that the thread was given
        lock add [total], edi
        xor     eax, eax
        ret

main:   push    rbx
        mov     ebx, 1
start:  lea     rdi, [threads + 8 * rbx]
        xor     esi, esi
        mov     edx, square
        mov     ecx, ebx
        call    pthread_create
        inc     ebx
        cmp     ebx, 10
        jle     start
        mov     ebx, 1
join:   mov     rdi, [threads + 8 * rbx]
        xor     esi, esi
        call    pthread_join
        inc     ebx
        cmp     ebx, 10
        jle     join
        mov     edi, format
        mov     esi, [total]
        xor     eax, eax
        call    printf
        xor     eax, eax
        pop     rbx
        ret
