.say for $*IN.lines;
say "größe 漢字 🦀 ж";
