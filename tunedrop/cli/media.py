"""Looks at the images and videos that a checked dataset names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING

from tunedrop.cli.given import Given
from tunedrop.cli.places import BucketFolder, LocalFolder, Place
from tunedrop.dataset.target import Target
from tunedrop.errors import InvalidInputError
from tunedrop.layout import DATASETS_PREFIX
from tunedrop.recipe import Recipe

if TYPE_CHECKING:
    from tunedrop.dataset.media_files import MediaStore, MediaVersion
    from tunedrop.dataset.media_inspection import MediaInspection
    from tunedrop.dataset.media_manifest import MediaPlan


@contextmanager
def media_of(found: Given, recipe: Recipe, *, in_s3: bool) -> Iterator[MediaInspection | None]:
    """A checker of the media beside the dataset, and with `in_s3` of those in S3.

    None where the base model takes no media. What lies in S3 has its media there, too.
    """
    target = Target.of(recipe)
    store = _store(found.place, recipe.name, in_s3=in_s3) if target.limits.media else None
    if store is None:
        yield None
        return
    from tunedrop.dataset.media_inspection import MediaInspection

    with MediaInspection(store, target) as inspection:
        yield inspection


@contextmanager
def copied_media(
    found: Given, recipe: Recipe, media: MediaInspection | None, folder: Path
) -> Iterator[MediaPlan | None]:
    """A plan that copies what was looked at into a folder, whose files name it by its path there.

    What lies in S3 keeps its name.
    """
    manifest = media.manifest() if media else None
    if manifest is None or not manifest.media:
        yield None
        return
    if not isinstance(found.place, LocalFolder):
        raise InvalidInputError(
            f"{found.place.uri} lies in S3, and so do its images and videos. Download the folder "
            "(aws s3 cp --recursive) and prepare that."
        )
    from tunedrop.dataset.media_copies import MediaCopies

    source = found.place.path

    def copy(version: MediaVersion, name: str) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        copyfile(source / version.key, folder / name)

    with MediaCopies(manifest, Target.of(recipe), copy=copy, uri_of=str) as plan:
        yield plan


def _store(place: Place, recipe: str, *, in_s3: bool) -> MediaStore | None:
    from tunedrop.cli.stage import media_objects
    from tunedrop.dataset.media_files import MediaInBucket, MediaOnThisMachine

    if isinstance(place, LocalFolder):
        return MediaOnThisMachine(place.path, recipe or None, media_objects() if in_s3 else None)
    if not isinstance(place, BucketFolder):
        return None
    dropped = _recipe_of(place.prefix) or None
    return MediaInBucket(media_objects(), place.objects.bucket, dropped, place.prefix)


def _recipe_of(prefix: str) -> str:
    """The recipe whose folder a prefix lies in; "" where it lies elsewhere."""
    below = prefix.removeprefix(DATASETS_PREFIX)
    return "" if below == prefix else below.partition("/")[0]
