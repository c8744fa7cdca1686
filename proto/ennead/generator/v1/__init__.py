"""Version 1 of the generator on the wire."""
