import { readFileSync } from "fs";

process.stdout.write(readFileSync(0, "utf8"));
console.log("größe 漢字 🦀 ж");
