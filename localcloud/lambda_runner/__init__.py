"""Runs each function's real handler in a process of its own, as Lambda does."""
