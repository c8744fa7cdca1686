"""The generator: turns the prompts of a benchmark into a model's answers. Nothing is here yet."""
