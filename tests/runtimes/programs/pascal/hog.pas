program Hog;
const
  Size = 1 shl 20;
var
  block: pointer;
begin
  while true do
  begin
    GetMem(block, Size);
    FillChar(block^, Size, 1);
  end;
end.
