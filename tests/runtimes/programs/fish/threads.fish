# A shell's threads are jobs in the background.
for i in (seq 10)
    sh -c "echo $(math "$i * $i") >square.$i" &
end
wait
math (string join " + " (cat square.*))
