: main 1 0 / . ;
main
