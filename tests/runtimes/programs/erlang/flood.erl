-module(flood).
-export([main/0]).

main() ->
    io:put_chars("all work and no play makes a dull program\n"),
    main().
