-module(exit3).
-export([main/0]).

main() -> halt(3).
