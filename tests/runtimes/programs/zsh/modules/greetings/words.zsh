greeting() {
  echo "from a module"
}
