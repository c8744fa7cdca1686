module main;
  integer scratch, c;
  initial begin
    scratch = $fopen("scratch.txt", "w");
    $fdisplay(scratch, "written and read");
    $fclose(scratch);
    scratch = $fopen("scratch.txt", "r");
    c = $fgetc(scratch);
    while (c != -1) begin
      $write("%c", c);
      c = $fgetc(scratch);
    end
    $fclose(scratch);
  end
endmodule
