test("loops", () => {
  for (;;);
});
