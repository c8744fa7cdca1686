// The same mistake as in wa-joins-the-scores.js; here the types tell.
import { readFileSync } from "fs";

const [, ...scores] = readFileSync(0, "utf8").trim().split(/\s+/);
let best: number = scores[0];
for (const score of scores) best = Math.max(best, score);
console.log(best);
