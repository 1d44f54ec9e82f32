"""What Bedrock takes of a dataset: counts, sizes, tokens, images and videos."""

from tunedrop.catalog.entry import Entry


class TokenEstimate(Entry, frozen=True):
    """Characters per token: what limits are counted with, and what a cautious reader assumes."""

    characters_per_token: float
    cautious_characters_per_token: float
    source: str


class TokensByBatchSize(Entry, frozen=True):
    """A lower token limit from a batch size upwards."""

    from_batch_size: int
    max_tokens: int


class ImageTokens(Entry, frozen=True):
    """How images count as tokens: by whole tiles along each side, from one to `most_per_side`."""

    tile_side: int
    most_per_side: int
    tokens_per_tile: int

    def of(self, width: int, height: int) -> int:
        """The tokens of an image of these pixels."""
        across, down = (
            min(self.most_per_side, max(side // self.tile_side, 1)) for side in (width, height)
        )
        return across * down * self.tokens_per_tile


class MediaLimits(Entry, frozen=True):
    """What Bedrock takes of the images and videos of a record; None: no limit is documented.

    Sides and pixels count images alone; an aspect ratio of 4.0 accepts 1:4 to 4:1; formats are
    those that the header of a file shows, in lower case ("jpeg", not "jpg").
    """

    image_formats: tuple[str, ...]
    max_image_bytes: int | None
    min_image_side: int | None
    max_image_side: int | None
    max_image_pixels: int | None
    max_aspect_ratio: float | None
    max_images_per_record: int | None
    image_tokens: ImageTokens | None
    video_formats: tuple[str, ...]
    max_video_bytes: int | None
    max_video_seconds: int | None
    max_videos_per_record: int | None
    same_bucket: bool
    key_pattern: str | None
    source: str


class Limits(Entry, frozen=True):
    """What Bedrock takes of a dataset; None: no limit is documented (`media`: text alone)."""

    min_training_records: int
    max_training_records: int | None
    min_validation_records: int
    max_validation_records: int | None
    max_records_in_all: int | None
    records_quota_code: str | None
    max_training_file_bytes: int | None
    max_validation_file_bytes: int | None
    max_tokens_per_record: int | None
    max_prompt_tokens: int | None
    max_completion_tokens: int | None
    max_tokens_by_batch_size: tuple[TokensByBatchSize, ...]
    reserved_strings: tuple[str, ...]
    min_caption_characters: int | None = None
    max_caption_characters: int | None = None
    media: MediaLimits | None = None
    reasoning: bool = False

    def tokens_per_record(self, batch_size: int) -> int | None:
        """The token limit of a record at this batch size."""
        lowered = [
            step.max_tokens
            for step in self.max_tokens_by_batch_size
            if batch_size >= step.from_batch_size
        ]
        return min(lowered, default=self.max_tokens_per_record)
