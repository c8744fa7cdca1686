import std/os

sleep 60_000
