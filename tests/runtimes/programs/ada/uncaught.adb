procedure Uncaught is
   Nobody_Catches_This : exception;
begin
   raise Nobody_Catches_This with "indeed";
end Uncaught;
