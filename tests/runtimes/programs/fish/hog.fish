set kept x
while true
    set kept $kept$kept
end
