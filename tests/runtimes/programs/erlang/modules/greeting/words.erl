-module(words).
-export([greeting/0]).

greeting() -> "from a module\n".
