"""`exec-cli`: thin commands over the executor, for someone at a terminal."""
