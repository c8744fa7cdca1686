int main() {
  Stdio.write_file("scratch.txt", "written and read\n");
  write(Stdio.read_file("scratch.txt"));
}
