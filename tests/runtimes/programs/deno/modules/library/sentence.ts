export function sentence(): string {
  return "from a module";
}
