"""Copies the media of usable records beside the training file, many at once, as it is written."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from hashlib import blake2b
from types import TracebackType

from tunedrop.dataset.findings import Fault
from tunedrop.dataset.formats.media import fields_of
from tunedrop.dataset.media_files import MediaVersion
from tunedrop.dataset.media_inspection import faults_of
from tunedrop.dataset.media_manifest import Inspected, MediaManifest
from tunedrop.dataset.media_pace import WORKERS, Workers
from tunedrop.dataset.records import AnyRecord, Media
from tunedrop.dataset.target import Target

# Takes a version and the name of its copy; called by several threads at once.
CopyMedia = Callable[[MediaVersion, str], None]


class MediaCopies:
    """A `MediaPlan`: leaving it as a context waits for the copies, and raises what went wrong.

    What nobody looked at keeps its name.
    """

    def __init__(
        self,
        manifest: MediaManifest,
        target: Target,
        *,
        copy: CopyMedia,
        uri_of: Callable[[str], str],
        workers: int = WORKERS,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self._inspected = {each.media: each for each in manifest.media}
        self._target = target
        self._copy = copy
        self._uri_of = uri_of
        self._workers = Workers("copies", workers, pause)
        self._copies: dict[str, Future[None]] = {}

    def __enter__(self) -> "MediaCopies":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None:
            self._workers.stop()
            return
        self._workers.finish()
        for copy in self._copies.values():
            copy.result()

    def faults(self, record: AnyRecord) -> Sequence[Fault]:
        """See `MediaPlan`."""
        named = [each for each in fields_of(record) if each[1] in self._inspected]
        return list(faults_of(named, record.characters, self._inspected, self._target))

    def move(self, media: Media) -> Media:
        """See `MediaPlan`."""
        known = self._inspected.get(media)
        if known is None:
            return media
        name = copied_name(known)
        if name not in self._copies and known.version is not None:
            self._copies[name] = self._workers.submit(self._make, known.version, name)
        return Media(media.kind, known.format, self._uri_of(name))

    def _make(self, version: MediaVersion, name: str) -> None:
        self._workers.patiently(lambda: self._copy(version, name))


def copied_name(known: Inspected) -> str:
    """The name of a copy below the dataset's folder: of letters that every model takes in keys."""
    version = known.version or MediaVersion(size=0)
    digest = blake2b(f"{version.key}\0{version.version_id}".encode(), digest_size=12).hexdigest()
    return f"media/{digest}.{known.format}"
