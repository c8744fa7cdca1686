set sum 0
while read --list numbers
    set sum (math "$sum + "(string join " + " -- $numbers))
end
echo $sum
