set -u
echo "$nobody_set_this"
