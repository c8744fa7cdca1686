while true
  puts("and another line\n");
endwhile
