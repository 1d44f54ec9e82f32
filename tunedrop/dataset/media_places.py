"""Where a record says that an image or video is, and whether it may lie there."""

import re

from msgspec import Struct, structs

from tunedrop.dataset.findings import Fault
from tunedrop.dataset.records import Media, MediaKind
from tunedrop.layout import DATASETS_PREFIX

_S3_URI = re.compile(r"s3://([^/]+)/(.*[^/])", re.DOTALL)
# Bucket names as S3 makes them; whatever else stands there would be refused before it is sent.
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_LONGEST_KEY = 1024
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NEVER_IN_NAMES = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class S3Place(Struct, frozen=True):
    """An object."""

    bucket: str
    key: str


def recipe_folder(recipe: str | None) -> str:
    """Where the media of a recipe lie in the datasets bucket; "" for those of none."""
    return f"{DATASETS_PREFIX}{recipe}/" if recipe else ""


def place_of(
    uri: str, kind: MediaKind, recipe: str | None, bucket: str | None = None
) -> S3Place | str | Fault:
    """An object, a relative path, or what is wrong with the URI.

    An object must lie in the folder of the recipe, and in the bucket, where these are known.
    """
    if problem := _form_problem(uri):
        return Fault(code="media-uri", message=f"the {kind} is named by {problem}")
    found = _S3_URI.fullmatch(uri)
    if found is None:
        return "/".join(part for part in uri.split("/") if part != ".")
    place = S3Place(found[1], found[2])
    folder = recipe_folder(recipe)
    if bucket is not None and place.bucket != bucket:
        message = f"the {kind} lies in another bucket; it must lie in s3://{bucket}/{folder}"
        return Fault(code="media-misplaced", message=message)
    if not place.key.startswith(folder):
        message = f"the {kind} lies outside of the recipe's folder; it must lie in {folder}"
        return Fault(code="media-misplaced", message=message)
    return place


def beside(media: Media, folder: str) -> Media:
    """A path in a record leads from the folder of its file; this one from where that lies."""
    is_path = media.uri and not media.uri.startswith("/") and not _SCHEME.match(media.uri)
    return structs.replace(media, uri=f"{folder}/{media.uri}") if is_path else media


def _form_problem(uri: str) -> str:
    """What keeps a URI from naming anything, in words; "" where it may."""
    if not uri or uri.isspace():
        return "nothing"
    if _NEVER_IN_NAMES.search(uri) or len(uri.encode(errors="replace")) > _LONGEST_KEY:
        return "characters that no name can have, or by too many of them"
    if uri.startswith("s3://"):
        found = _S3_URI.fullmatch(uri)
        if found is None or not _BUCKET.fullmatch(found[1]):
            return "an S3 URI without a bucket or without an object's key"
    elif _SCHEME.match(uri):
        is_s3 = uri.lower().startswith("s3://")
        return "S3:// in capitals; write s3://" if is_s3 else "a URI that is none of S3"
    elif uri.startswith("/") or uri.endswith("/") or "\\" in uri:
        return "a path that does not lead to a file below the dataset's folder"
    return "a path that leads upwards" if ".." in uri.split("/") else ""
