with Ada.Text_IO;
with Geometry.Places;

--  The file's name is not the procedure's, and the procedure's has capitals.
procedure Show_Modules is
begin
   Ada.Text_IO.Put_Line (Geometry.Places.Where_From);
end Show_Modules;
