import * as fs from "fs";

fs.writeFileSync("scratch.txt", "written and read");
console.log(fs.readFileSync("scratch.txt", "utf8"));
