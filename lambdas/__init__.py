"""The Lambda functions: one module per Task state, plus intake, events and the sweep."""
