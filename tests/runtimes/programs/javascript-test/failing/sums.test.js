const { test } = require("node:test");
const assert = require("node:assert");
const { add, subtract } = require("./sums.js");

test("adds", () => assert.strictEqual(add(2, 3), 5));
test("subtracts", () => assert.strictEqual(subtract(2, 3), -1));
