while ischar(line = fgetl(stdin))
  puts([line "\n"]);
endwhile
puts("größe 漢字 🦀 ж\n");
