-module(sleep).
-export([main/0]).

main() -> timer:sleep(60000).
