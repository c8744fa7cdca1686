"""Benchmarks, one module each: how its data is read, and which program judges an answer."""
