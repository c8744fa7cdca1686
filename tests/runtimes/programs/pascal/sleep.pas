program Sleeper;
uses
  SysUtils;
begin
  Sleep(60000);
end.
