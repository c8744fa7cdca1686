        global  main
        extern  puts
        section .rodata
line:   db      "a line that nobody reads", 0
        section .text
main:   push    rbx
again:  mov     edi, line
        call    puts
        jmp     again
