// Adds texts, not numbers: "3" + "-5" is "3-5".
const [, ...scores] = require("fs").readFileSync(0, "utf8").split(/\s+/);
let best = scores[0];
let endingHere = scores[0];
for (const score of scores.slice(1)) {
  endingHere = endingHere > 0 ? endingHere + score : score;
  if (endingHere > best) best = endingHere;
}
console.log(best);
