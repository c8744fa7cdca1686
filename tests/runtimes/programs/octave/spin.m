while true
endwhile
