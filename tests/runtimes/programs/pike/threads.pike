int main() {
  array(Thread.Thread) threads = map(enumerate(10, 1, 1), lambda(int i) {
    return Thread.Thread(lambda() { return i * i; });
  });
  write("%d\n", `+(@threads->wait()));
}
