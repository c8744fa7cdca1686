module main;
  integer n;
  initial begin
    n = 0;
    forever n = n + 1;
  end
endmodule
