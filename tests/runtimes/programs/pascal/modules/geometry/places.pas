unit Places;

interface

function WhereFrom: string;

implementation

function WhereFrom: string;
begin
  WhereFrom := 'from a module';
end;

end.
