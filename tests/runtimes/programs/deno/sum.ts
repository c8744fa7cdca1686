const text = await new Response(Deno.stdin.readable).text();
let sum = 0;
for (const word of text.trim().split(/\s+/)) sum += Number(word);
console.log(sum);
