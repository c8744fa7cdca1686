while true
    echo "and another line"
end
