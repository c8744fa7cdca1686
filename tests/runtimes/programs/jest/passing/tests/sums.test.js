import { add, subtract } from "../sums.js";

describe("sums", () => {
  test("adds", async () => expect(await Promise.resolve(add(2, 3))).toBe(5));
  test("subtracts", () => expect(subtract(2, 3)).toBe(-1));
});
