<?php
while (($line = fgets(STDIN)) !== false) {
    echo $line;
}
echo "größe 漢字 🦀 ж\n";
