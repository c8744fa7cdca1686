package places is
  function where_from return string;
end package;

package body places is
  function where_from return string is
  begin
    return "from a module";
  end function;
end package body;
