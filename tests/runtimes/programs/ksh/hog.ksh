kept=x
while :; do
  kept+=$kept
done
