Deno.writeTextFileSync("scratch.txt", "written and read");
console.log(Deno.readTextFileSync("scratch.txt"));
