module main;
  integer kept[$];
  initial forever kept.push_back(1);
endmodule
