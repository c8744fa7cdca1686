string greeting() {
  return "from a module";
}
