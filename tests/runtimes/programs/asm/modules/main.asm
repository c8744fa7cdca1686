        global  main
        extern  puts

        section .text
main:   push    rbx
        call    where_from
        mov     rdi, rax
        call    puts
        xor     eax, eax
        pop     rbx
        ret

%include "geometry/places.asm"
