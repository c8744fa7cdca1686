with Ada.Text_IO;

procedure Threads is
   protected Total is
      procedure Add (Number : Integer);
      function Value return Integer;
   private
      Sum : Integer := 0;
   end Total;

   protected body Total is
      procedure Add (Number : Integer) is
      begin
         Sum := Sum + Number;
      end Add;

      function Value return Integer is (Sum);
   end Total;

   task type Square is
      entry Begin_With (Number : Integer);
   end Square;

   task body Square is
      Mine : Integer;
   begin
      accept Begin_With (Number : Integer) do
         Mine := Number;
      end Begin_With;
      Total.Add (Mine * Mine);
   end Square;
begin
   declare
      Squares : array (1 .. 10) of Square;
   begin
      for I in Squares'Range loop
         Squares (I).Begin_With (I);
      end loop;
   end;  --  Here all tasks are waited for.
   Ada.Text_IO.Put_Line (Integer'Image (Total.Value));
end Threads;
