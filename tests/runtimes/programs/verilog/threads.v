// Processes that run side by side in simulated time.
module square(input [31:0] number);
  initial #1 main.total = main.total + number * number;
endmodule

module main;
  integer total = 0;
  genvar i;
  for (i = 1; i <= 10; i = i + 1) begin : squares
    square one(i);
  end
  initial #2 $display("%0d", total);
endmodule
