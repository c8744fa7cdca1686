"""The executor on the wire."""
