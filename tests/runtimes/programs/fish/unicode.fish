while read --line line
    echo $line
end
echo "größe 漢字 🦀 ж"
