import sys

for line in sys.stdin:
    sys.stdout.write(line)
print("größe 漢字 🦀 ж")
