import { describe, it } from "node:test";
import assert from "node:assert";
import { add, subtract } from "../sums.js";

describe("sums", () => {
  it("adds", async () => assert.strictEqual(await Promise.resolve(add(2, 3)), 5));
  it("subtracts", () => assert.strictEqual(subtract(2, 3), -1));
});
