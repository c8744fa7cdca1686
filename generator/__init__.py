"""The generator: turns the prompts of a benchmark into a model's answers, from any OpenAI-compatible server."""
