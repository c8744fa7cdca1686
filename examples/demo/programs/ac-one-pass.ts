import { readFileSync } from "fs";

const [, ...scores]: number[] = readFileSync(0, "utf8").trim().split(/\s+/).map(Number);

interface Stretch {
  endingHere: number;
  best: number;
}

const start: Stretch = { endingHere: -Infinity, best: -Infinity };
const { best } = scores.reduce(({ endingHere, best }: Stretch, score: number): Stretch => {
  const longer = Math.max(endingHere, 0) + score;
  return { endingHere: longer, best: Math.max(best, longer) };
}, start);
console.log(best);
