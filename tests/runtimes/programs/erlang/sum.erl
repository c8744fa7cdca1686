-module(sum).
-export([main/0]).

main() -> main(0).

main(Total) ->
    case io:get_line("") of
        eof -> io:format("~b~n", [Total]);
        Line -> main(Total + lists:sum([list_to_integer(Word) || Word <- string:lexemes(Line, " \r\n")]))
    end.
