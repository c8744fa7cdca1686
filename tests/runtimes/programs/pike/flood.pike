int main() {
  while (1)
    write("and another line\n");
}
