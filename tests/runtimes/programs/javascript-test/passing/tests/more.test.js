const { test } = require("node:test");
const assert = require("node:assert");

test("größe", async (t) => {
  for (const word of ["ä", "🦀"]) await t.test(`of ${word}`, () => assert.strictEqual([...word].length, 1));
});
