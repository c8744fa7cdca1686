function greeting
    echo "from a module"
end
