"""What is trained on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localcloud.bedrock.pictures.pixels import Floats


@dataclass(frozen=True)
class CaptionedPicture:
    """A thumbnail, and the words that belong to it."""

    caption: str
    pixels: "Floats"
