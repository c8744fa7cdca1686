module main;
  initial $display("%0s", places.where_from(0));
  places places();
endmodule
