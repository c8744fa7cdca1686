while :; do
  echo "and another line"
done
