"""Reports of scored runs: Markdown, CSV, JSON, and one HTML page that needs nothing else."""
