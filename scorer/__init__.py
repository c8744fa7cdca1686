"""The scorer: turns the verdicts of a generation run into metrics and a report. Nothing is here yet."""
