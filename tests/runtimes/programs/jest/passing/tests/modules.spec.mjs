import { expect, test } from "@jest/globals";
import { subtract } from "../sums.js";

test("subtracts in a module", () => expect(subtract(5, 3)).toBe(2));
