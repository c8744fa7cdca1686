"""The generator on the wire."""
