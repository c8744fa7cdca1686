int main() {
  write("%s\n", Greetings.Words.greeting());
}
