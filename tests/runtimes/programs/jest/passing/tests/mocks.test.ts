import * as sums from "../sums.js";

jest.mock("../sums.js", () => ({ add: jest.fn((a: number, b: number): number => 10 * (a + b)) }));

test.each<[number, number, number]>([[2, 3, 50], [0, 0, 0]])("größe %i %i", (a, b, result) => {
  expect(sums.add(a, b)).toBe(result);
  expect(sums.add).toHaveBeenCalledWith(a, b);
});
