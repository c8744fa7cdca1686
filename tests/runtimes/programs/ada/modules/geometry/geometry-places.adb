package body Geometry.Places is

   function Where_From return String is
   begin
      return "from a module";
   end Where_From;

end Geometry.Places;
