const scores = require("fs").readFileSync(0, "utf8").split(/\s+/).filter(Boolean).map(Number).slice(1);
let endingHere = scores[0];
let best = scores[0];
for (const score of scores.slice(1)) {
  endingHere = Math.max(endingHere, 0) + score;
  best = Math.max(best, endingHere);
}
console.log(best);
