await Deno.stdin.readable.pipeTo(Deno.stdout.writable, { preventClose: true });
console.log("größe 漢字 🦀 ж");
