proc whereFrom*(): string =
  "from a module"
