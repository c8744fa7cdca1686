[~, connected] = urlread("http://192.0.2.1/");
if connected
  puts("connected\n");
else
  puts("no network\n");
endif
