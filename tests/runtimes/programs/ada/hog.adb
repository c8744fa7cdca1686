with Ada.Containers.Vectors;

procedure Hog is
   package Numbers is new Ada.Containers.Vectors (Natural, Integer);
   Kept : Numbers.Vector;
begin
   loop
      Kept.Append (1);
   end loop;
end Hog;
