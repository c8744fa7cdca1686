out = fopen("scratch.txt", "w");
fputs(out, "written and read\n");
fclose(out);
puts(fileread("scratch.txt"));
