with Ada.Integer_Text_IO; use Ada.Integer_Text_IO;
with Ada.Text_IO;         use Ada.Text_IO;

procedure Sum is
   type Total_Type is range -2**62 .. 2**62;
   Total  : Total_Type := 0;
   Number : Integer;
begin
   while not End_Of_File loop
      Get (Number);
      Total := Total + Total_Type (Number);
   end loop;
   Put_Line (Total_Type'Image (Total));
end Sum;
