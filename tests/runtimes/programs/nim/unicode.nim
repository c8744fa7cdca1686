for line in stdin.lines:
  echo line
echo "größe 漢字 🦀 ж"
