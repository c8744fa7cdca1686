zmodload zsh/net/tcp

if ztcp 192.0.2.1 80; then
  echo "connected"
else
  echo "no network"
fi 2>/dev/null
