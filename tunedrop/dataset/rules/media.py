"""Rules about images and videos: as records name them, and as they are in S3."""

from tunedrop.dataset.rules.rule import Rule

MEDIA_RULES: tuple[Rule, ...] = ()
