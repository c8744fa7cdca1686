BEGIN { system("sleep 60") }
