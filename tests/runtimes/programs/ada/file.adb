with Ada.Text_IO; use Ada.Text_IO;

procedure File is
   Scratch : File_Type;
begin
   Create (Scratch, Out_File, "scratch.txt");
   Put_Line (Scratch, "written and read");
   Close (Scratch);
   Open (Scratch, In_File, "scratch.txt");
   Put_Line (Get_Line (Scratch));
   Close (Scratch);
end File;
