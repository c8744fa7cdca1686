-module(file_).
-export([main/0]).

main() ->
    ok = file:write_file("scratch.txt", "written and read\n"),
    {ok, Content} = file:read_file("scratch.txt"),
    io:put_chars(Content).
