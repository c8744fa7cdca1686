% Octave's threads are processes.
for i = 1:10
  if fork() == 0
    out = fopen(sprintf("square.%d", i), "w");
    fprintf(out, "%d", i * i);
    fclose(out);
    exec("true");
  endif
endfor
total = 0;
for i = 1:10
  waitpid(-1);
endfor
for i = 1:10
  total += str2double(fileread(sprintf("square.%d", i)));
endfor
disp(total);
