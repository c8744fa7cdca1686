int main() {
  sleep(60);
}
