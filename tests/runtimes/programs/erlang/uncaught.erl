-module(uncaught).
-export([main/0]).

main() -> io:format("~p~n", [hd(list_to_tuple([]))]).
