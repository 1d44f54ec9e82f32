"""Video containers: which one a file is, and how long it plays, where its header says so."""

from collections.abc import Iterator
from struct import unpack

from tunedrop.dataset.media_bytes import DamagedError, MediaBytes

_MOST_PARTS = 200
_STILL_IMAGES = frozenset({b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis"})
_BRANDS = {b"avif": "an AVIF image", b"M4A ": "an audio file", b"qt  ": "mov"}
_BRANDS.update(dict.fromkeys(_STILL_IMAGES, "an HEIC image"))

_EBML, _SEGMENT, _CLUSTER, _INFO = 0x1A45DFA3, 0x18538067, 0x1F43B675, 0x1549A966
_DOC_TYPE, _TIMECODE_SCALE, _DURATION = 0x4282, 0x2AD7B1, 0x4489
_FORMATS_BY_DOC_TYPE = {b"webm": "webm", b"matroska": "mkv"}
_NANOSECONDS = 1_000_000_000
_DEFAULT_SCALE = 1_000_000

Part = tuple[int, int, int]


def iso_container(file: MediaBytes) -> tuple[str, float | None]:
    """Format and seconds of an MP4 or QuickTime file, wherever its movie header lies."""
    format_ = _brand(file)
    if format_.startswith(("a ", "an ")):
        return format_, None
    movie = next((box for box in _boxes(file, 0, file.size) if box[0] == b"moov"), None)
    if movie is None:
        raise DamagedError("it has no movie header (moov); it was cut off, or never finished")
    for name, start, end in _boxes(file, movie[1], movie[2]):
        if name == b"mvhd":
            return format_, _movie_seconds(file.at(start, min(end - start, 32)))
    return format_, None


def _brand(file: MediaBytes) -> str:
    start = file.at(0, 12)
    if start[4:8] != b"ftyp":
        return "mov"
    brand = start[8:12]
    return "three_gp" if brand.startswith((b"3gp", b"3g2")) else _BRANDS.get(brand, "mp4")


def _boxes(file: MediaBytes, offset: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of what each box holds."""
    for _ in range(_MOST_PARTS):
        header = file.at(offset, 16)
        if offset + 8 > end or len(header) < 8:  # noqa: PLR2004
            return
        size, body = int.from_bytes(header[:4], "big"), 8
        if size == 1:
            size, body = int.from_bytes(header[8:], "big"), 16
        size = size or end - offset
        if size < body:
            raise DamagedError("its parts are smaller than their own headers")
        if offset + size > end:
            raise DamagedError(f"it is cut off: it needs {offset + size:,} bytes")
        yield header[4:8], offset + body, offset + size
        offset += size


def _movie_seconds(header: bytes) -> float | None:
    """Seconds by the movie header (ISO 14496-12, 8.2.2); a fragmented file says none."""
    if len(header) < 20:  # noqa: PLR2004
        return None
    if header[0] == 1:
        if len(header) < 32:  # noqa: PLR2004
            return None
        scale, duration = unpack(">IQ", header[20:32])
        unknown = (1 << 64) - 1
    else:
        scale, duration = unpack(">II", header[12:20])
        unknown = (1 << 32) - 1
    return duration / scale if scale and duration and duration != unknown else None


def matroska_container(file: MediaBytes) -> tuple[str, float | None]:
    """Format and seconds of a Matroska or WebM file."""
    format_ = ""
    for id_, start, end in _elements(file, 0, file.size):
        if id_ == _EBML:
            format_ = _doc_type(file, start, end)
        elif id_ == _SEGMENT:
            return format_, _segment_seconds(file, start, end)
    raise DamagedError("it has no segment; it was cut off, or never finished")


def _doc_type(file: MediaBytes, start: int, end: int) -> str:
    for id_, at, to in _elements(file, start, end):
        if id_ == _DOC_TYPE:
            named = file.at(at, min(to - at, 16)).rstrip(b"\0")
            return _FORMATS_BY_DOC_TYPE.get(named, "a Matroska file of another kind")
    return "mkv"


def _segment_seconds(file: MediaBytes, start: int, end: int) -> float | None:
    for id_, at, to in _elements(file, start, end):
        if id_ == _CLUSTER:
            return None
        if id_ == _INFO:
            return _info_seconds(file, at, to)
    return None


def _info_seconds(file: MediaBytes, start: int, end: int) -> float | None:
    scale, duration = _DEFAULT_SCALE, 0.0
    for id_, at, to in _elements(file, start, end):
        content = file.at(at, min(to - at, 8))
        if id_ == _TIMECODE_SCALE:
            scale = int.from_bytes(content, "big")
        elif id_ == _DURATION and len(content) in (4, 8):
            (duration,) = unpack(">f" if len(content) == 4 else ">d", content)  # noqa: PLR2004
    seconds = duration * scale / _NANOSECONDS
    return seconds if 0 < seconds < float("inf") else None


def _elements(file: MediaBytes, offset: int, end: int) -> Iterator[Part]:
    """Id, start and end of what each element holds; one of unknown size reaches to the end."""
    for _ in range(_MOST_PARTS):
        head = file.at(offset, 12)
        if offset >= end or not head:
            return
        id_, id_length = _number(head, keep_marker=True)
        size, size_length = _number(head[id_length:], keep_marker=False)
        start = offset + id_length + size_length
        unknown = size == (1 << 7 * size_length) - 1
        stop = end if unknown else min(start + size, end)
        yield id_, start, stop
        offset = stop


def _number(head: bytes, *, keep_marker: bool) -> tuple[int, int]:
    """A number of EBML (RFC 8794, section 4) and how many bytes it takes."""
    length = 9 - head[0].bit_length() if head else 9
    if length > len(head) or length > 8:  # noqa: PLR2004
        raise DamagedError("its parts do not follow one another")
    number = int.from_bytes(head[:length], "big")
    return number if keep_marker else number & (1 << 7 * length) - 1, length
