module places;
  function [13*8:1] where_from(input dummy);
    where_from = "from a module";
  endfunction
endmodule
