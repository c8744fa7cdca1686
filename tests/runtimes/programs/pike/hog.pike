int main() {
  array(string) kept = ({});
  while (1)
    kept += ({ "x" * 1000000 + sizeof(kept) });
}
