with Ada.Text_IO; use Ada.Text_IO;

procedure Unicode is
begin
   while not End_Of_File loop
      Put_Line (Get_Line);
   end loop;
   Put_Line ("größe 漢字 🦀 ж");
end Unicode;
