-module(network).
-export([main/0]).

main() ->
    case gen_tcp:connect({192, 0, 2, 1}, 80, []) of
        {ok, _} -> io:put_chars("connected\n");
        {error, _} -> io:put_chars("no network\n")
    end.
