program Uncaught;
{$mode objfpc}
uses
  SysUtils;
begin
  raise Exception.Create('nobody catches this');
end.
