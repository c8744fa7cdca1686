module main;
  integer number, found;
  reg signed [63:0] total;
  initial begin
    total = 0;
    found = $fscanf(32'h8000_0000, "%d", number);
    while (found == 1) begin
      total = total + number;
      found = $fscanf(32'h8000_0000, "%d", number);
    end
    $display("%0d", total);
  end
endmodule
