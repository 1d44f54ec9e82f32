"""What all parts of an entry have in common."""

from msgspec import Struct


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything in models.json: a misspelt key fails at load."""
