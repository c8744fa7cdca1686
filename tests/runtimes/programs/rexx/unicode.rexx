/* lines() says 1 once too often for a stream that nobody can look ahead in. */
do forever
  line = linein()
  if line == '' & lines() = 0 then leave
  say line
end
say 'größe 漢字 🦀 ж'
