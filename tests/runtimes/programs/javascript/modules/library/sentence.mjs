export function sentence() {
  return "from a module";
}
