#charset utf-8

int main() {
  foreach (Stdio.stdin.line_iterator();; string line)
    write("%s\n", line);
  write("%s\n", string_to_utf8("größe 漢字 🦀 ж"));
}
