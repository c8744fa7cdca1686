import { sentence } from "./library/sentence";

console.log(sentence());
