function text = greeting()
  text = "from a module";
endfunction
