-module(unicode_copy).
-export([main/0]).

main() ->
    case io:get_line("") of
        eof -> io:put_chars("größe 漢字 🦀 ж\n");
        Line -> io:put_chars(Line), main()
    end.
