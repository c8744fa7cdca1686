# A shell's threads are jobs in the background.
for i in {1..10}; do
  echo $((i * i)) >"square.$i" &
done
wait
sum=0
for file in square.*; do
  ((sum += $(<"$file")))
done
echo "$sum"
