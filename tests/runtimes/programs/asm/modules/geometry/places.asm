        section .rodata
answer: db      "from a module", 0

        section .text
where_from:
        mov     eax, answer
        ret
