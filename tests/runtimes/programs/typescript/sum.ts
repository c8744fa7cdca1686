import { readFileSync } from "fs";

let sum = 0;
for (const word of readFileSync(0, "utf8").trim().split(/\s+/)) sum += Number(word);
console.log(sum);
