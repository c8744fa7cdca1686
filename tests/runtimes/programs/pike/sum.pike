int main() {
  int sum;
  foreach (Stdio.stdin.read() / "\n" * " " / " " - ({ "" }), string number)
    sum += (int)number;
  write("%d\n", sum);
}
