int main() {
  write(Stdio.File()->connect("192.0.2.1", 80) ? "connected\n" : "no network\n");
}
