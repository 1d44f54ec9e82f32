"""Scripts that write parts of the documentation, so that it cannot drift from the code."""
