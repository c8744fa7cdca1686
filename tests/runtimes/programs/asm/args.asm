        global  main
        extern  puts
        section .text
main:   push    rbx
        lea     rbx, [rsi + 8]
next:   mov     rdi, [rbx]
        test    rdi, rdi
        jz      done
        call    puts
        add     rbx, 8
        jmp     next
done:   xor     eax, eax
        pop     rbx
        ret
