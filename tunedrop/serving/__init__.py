"""From a custom model to a champion in service, and back to nothing that bills."""
