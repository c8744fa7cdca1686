"""The executor: judges submissions in sandboxes. Import its modules: this file stays empty, so boxes start fast."""
