const { add, subtract } = require("./sums.js");

test("adds", () => expect(add(2, 3)).toBe(5));
test("subtracts", () => expect(subtract(2, 3)).toBe(-1));
