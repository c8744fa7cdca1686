"""The executor: judges submissions in sandboxes. Import from the modules; this file stays empty so that a box starts fast."""
