"""What people read when a run has ended."""
