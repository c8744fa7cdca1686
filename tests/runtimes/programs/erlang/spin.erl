-module(spin).
-export([main/0]).

main() -> spin(1).

spin(N) -> spin(N * 3 rem 1000003 + 1).
