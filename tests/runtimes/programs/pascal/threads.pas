program Threads;
{$mode objfpc}
uses
  cthreads, Classes;

type
  TSquare = class(TThread)
  private
    FNumber, FSquare: integer;
  protected
    procedure Execute; override;
  public
    constructor Create(number: integer);
    property Square: integer read FSquare;
  end;

constructor TSquare.Create(number: integer);
begin
  FNumber := number;
  inherited Create(false);
end;

procedure TSquare.Execute;
begin
  FSquare := FNumber * FNumber;
end;

var
  squares: array[1..10] of TSquare;
  i, total: integer;
begin
  for i := 1 to 10 do
    squares[i] := TSquare.Create(i);
  total := 0;
  for i := 1 to 10 do
  begin
    squares[i].WaitFor;
    total := total + squares[i].Square;
    squares[i].Free;
  end;
  writeln(total);
end.
