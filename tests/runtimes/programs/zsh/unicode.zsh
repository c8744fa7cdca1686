while IFS= read -r line; do
  printf '%s\n' "$line"
done
echo "größe 漢字 🦀 ж"
