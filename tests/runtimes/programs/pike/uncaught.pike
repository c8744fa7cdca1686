int main() {
  error("nobody catches this\n");
}
