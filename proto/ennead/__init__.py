"""The wire contract as Python code; generated, but for this sentence."""
