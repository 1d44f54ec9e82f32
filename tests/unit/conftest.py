"""What all unit tests share: examples that a busy machine takes long over are no failures."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
