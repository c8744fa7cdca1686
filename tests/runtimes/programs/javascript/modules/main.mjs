import { sentence } from "./library/sentence.mjs";

console.log(sentence());
