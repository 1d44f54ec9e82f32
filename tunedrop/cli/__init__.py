"""The command line `tunedrop`."""

from tunedrop.cli.main import main

__all__ = ["main"]
