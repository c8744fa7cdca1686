import { sentence } from "./library/sentence.ts";

console.log(sentence());
