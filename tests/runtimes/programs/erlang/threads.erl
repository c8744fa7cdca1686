-module(threads).
-export([main/0]).

main() ->
    Main = self(),
    [spawn(fun() -> Main ! {square, I * I} end) || I <- lists:seq(1, 10)],
    Squares = [receive {square, Square} -> Square end || _ <- lists:seq(1, 10)],
    io:format("~b~n", [lists:sum(Squares)]).
