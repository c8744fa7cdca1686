while true:
  echo "a line that nobody reads"
