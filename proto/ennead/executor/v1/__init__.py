"""Version 1 of the executor on the wire."""
