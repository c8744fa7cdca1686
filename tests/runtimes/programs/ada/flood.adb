with Ada.Text_IO;

procedure Flood is
begin
   loop
      Ada.Text_IO.Put_Line ("a line that nobody reads");
   end loop;
end Flood;
