# `command`: a redirection that fails would end the program.
if command exec 3<>/dev/tcp/192.0.2.1/80; then
  echo "connected"
else
  echo "no network"
fi 2>/dev/null
