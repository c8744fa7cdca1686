do forever
  say 'a line that nobody reads'
end
