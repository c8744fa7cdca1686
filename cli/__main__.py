"""`python -m cli` is `exec-cli`."""

from cli.main import app

app(prog_name="exec-cli")
