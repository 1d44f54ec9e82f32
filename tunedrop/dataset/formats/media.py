"""Images and videos as records name them: by a place in S3, or beside the dataset file."""

import re
import sys
from typing import Any

from tunedrop.dataset.reading import FieldReader
from tunedrop.dataset.records import AnyRecord, CaptionedImage, Media, MediaKind, Passage

_S3_URI = re.compile(r"s3://([^/]+)/(.*[^/])", re.DOTALL)
_BUCKET = re.compile(r"[a-z0-9][-.a-z0-9]{1,61}[a-z0-9]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NEVER_IN_NAMES = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_MAX_CHARACTERS = 1024
_ACCOUNT = re.compile(r"[0-9]{12}")
_SPELLINGS = {"jpg": "jpeg", "jpe": "jpeg", "matroska": "mkv", "quicktime": "mov", "tif": "tiff"}
_IMAGE_ENDINGS = {"avif", "bmp", "gif", "heic", "jpeg", "png", "svg", "tiff", "webp"}


def read_media(kind: MediaKind, block: Any, at: str, reader: FieldReader) -> Media | None:
    """`{"format": ..., "source": {"s3Location": {"uri": ..., "bucketOwner": ...}}}`."""
    if reader.checked(block, dict, at) is None:
        return None
    reader.refuse_unknown(block, ("format", "source"), f"{at}.")
    format_ = _format(block, at, reader)
    location = _location(block, at, reader)
    if location is None:
        return None
    at = f"{at}.source.s3Location"
    reader.refuse_unknown(location, ("uri", "bucketOwner"), f"{at}.")
    uri = reader.take(location, "uri", str, f"{at}.")
    owner = _owner(location, at, reader)
    if uri is None or not is_place(uri, f"{at}.uri", reader) or format_ is None:
        return None
    return Media(kind, format_, uri, owner)


def fields_of(record: AnyRecord) -> list[tuple[str, Media]]:
    """The media of a record, each with the field that names it."""
    if isinstance(record, CaptionedImage):
        return [("image-ref", record.image)]
    turns = () if isinstance(record, Passage) else record.turns
    return [
        (sys.intern(f"messages[{turn}].content[{part}].{each.kind}"), each)
        for turn, said in enumerate(turns)
        for part, each in enumerate(said.parts)
        if isinstance(each, Media)
    ]


def is_place(uri: str, field: str, reader: FieldReader) -> bool:
    """Whether a URI names an object in S3, or a file beside the dataset."""
    message = _wrong_with(uri)
    if message:
        accepted = "it must be s3://bucket/key, or a path beside the dataset file"
        reader.fault("media-uri", f"{message}; {accepted}", field)
    return not message


def key_of(uri: str) -> str:
    """The key of an S3 URI, or a relative path as it is."""
    found = _S3_URI.fullmatch(uri)
    return found[2] if found else uri


def image_format(uri: str) -> str | None:
    """The format that a name ends in, in Bedrock's spelling; None where the file itself must say.

    A name may end in anything: `photo.v2` says nothing of the file's format.
    """
    _, dot, ending = uri.rpartition("/")[2].rpartition(".")
    spelt = _SPELLINGS.get(ending.lower(), ending.lower())
    return spelt if dot and spelt in _IMAGE_ENDINGS else None


def _wrong_with(uri: str) -> str:
    if not uri or uri.isspace():
        return "the URI is empty"
    if len(uri) > _MAX_CHARACTERS:
        return f"the URI has {len(uri):,} characters, and names in S3 at most {_MAX_CHARACTERS:,}"
    if _NEVER_IN_NAMES.search(uri):
        return "the URI holds characters that no name can have"
    if not _SCHEME.match(uri):
        inside = not uri.startswith("/") and not uri.endswith("/") and ".." not in uri.split("/")
        return "" if inside else "the path does not lead to a file beside the dataset"
    found = _S3_URI.fullmatch(uri)
    named = found is not None and _BUCKET.fullmatch(found[1]) is not None
    return "" if named else "the URI names no object in S3"


def _format(block: dict[str, Any], at: str, reader: FieldReader) -> str | None:
    given = reader.take(block, "format", str, f"{at}.")
    if given is None:
        return None
    lower = str(given).lower()
    spelt = _SPELLINGS.get(lower, lower)
    if spelt != lower:
        message = f'the format is written "{spelt}", as Bedrock spells it'
        reader.fault("media-format-spelling", message, f"{at}.format")
    return spelt


def _location(block: dict[str, Any], at: str, reader: FieldReader) -> dict[str, Any] | None:
    source = reader.take(block, "source", dict, f"{at}.")
    if source is None:
        return None
    at = f"{at}.source"
    if "bytes" in source:
        message = "the media stand in the record itself; Bedrock reads them from S3 alone"
        reader.fault("unsupported-content", message, f"{at}.bytes")
        return None
    reader.refuse_unknown(source, ("s3Location",), f"{at}.")
    location: dict[str, Any] | None = reader.take(source, "s3Location", dict, f"{at}.")
    return location


def _owner(location: dict[str, Any], at: str, reader: FieldReader) -> str | None:
    owner: str | None = reader.take_optional(location, "bucketOwner", str, f"{at}.")
    if owner is not None and not _ACCOUNT.fullmatch(owner):
        message = "the bucket's owner must be an account number of 12 digits"
        reader.fault("media-uri", message, f"{at}.bucketOwner")
    return owner
