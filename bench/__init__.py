"""What stands behind the figures in SPECIFICATION.md, section 6: `make bench`."""
