const { add } = require("./sums.js");

test("adds", () => expect(add(2, 3)).toBe(5));
