"""Looks at the media of a dataset, many at once, each distinct one only once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import BoundedSemaphore, Lock
from types import TracebackType

from tunedrop.dataset.findings import Fault
from tunedrop.dataset.formats.media import fields_of
from tunedrop.dataset.media_files import MediaStore
from tunedrop.dataset.media_headers import MediaHeader, read_header
from tunedrop.dataset.media_manifest import Inspected, MediaManifest
from tunedrop.dataset.media_pace import WORKERS, Workers
from tunedrop.dataset.media_rules import image_token_fault, media_faults, written_format
from tunedrop.dataset.records import AnyRecord, Media
from tunedrop.dataset.target import Target

_WAITING_AT_MOST = 16 * WORKERS


@dataclass(kw_only=True, slots=True)
class _Record:
    """A record and what of its media is still awaited."""

    file: str
    line: int
    characters: int
    media: Sequence[tuple[str, Media]]
    awaited: int = field(default=0)


class MediaInspection:
    """A `MediaChecker` over a store; leaving it as a context ends its threads.

    It holds the records whose media are under way, the faults, and a few hundred bytes for each
    distinct image or video.
    """

    def __init__(
        self,
        store: MediaStore,
        target: Target,
        *,
        workers: int = WORKERS,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self._store = store
        self._target = target
        self._workers = Workers("media", workers, pause)
        self._room = BoundedSemaphore(_WAITING_AT_MOST)
        self._lock = Lock()
        self._waiting: dict[Media, list[_Record]] = {}
        self._faults: list[tuple[str, int, Fault]] = []
        self._failure: BaseException | None = None
        self._skipped, self._first_skipped = 0, ("", 0)
        self._inspected: dict[Media, Inspected] = {}

    def __enter__(self) -> "MediaInspection":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._workers.stop()

    def take(self, record: AnyRecord, file: str, line: int) -> None:
        """See `MediaChecker`; waits while too much is under way."""
        self._raise_failure()
        if self._target.limits.media is None:
            return
        named = [each for each in fields_of(record) if not self._skip(each[1], file, line)]
        taken = _Record(file=file, line=line, characters=record.characters, media=named)
        distinct = {media for _, media in named}
        with self._lock:
            unknown = distinct - self._inspected.keys()
            taken.awaited = len(unknown)
            new = unknown - self._waiting.keys()
            for media in unknown:
                self._waiting.setdefault(media, []).append(taken)
        if not unknown:
            self._conclude(taken)
        for media in new:
            self._room.acquire()
            self._workers.submit(self._look, media)

    def faults(self) -> Iterator[tuple[str, int, Fault]]:
        """See `MediaChecker`; waits for everything that is under way."""
        self._workers.finish()
        self._raise_failure()
        yield from self._faults
        if self._skipped:
            message = f"media in S3 are not looked at here: {self._skipped:,} from this record on"
            yield *self._first_skipped, Fault(code="media-not-looked-at", message=message)

    def manifest(self) -> MediaManifest:
        """Every distinct image and video that was looked at, pinned to what was read."""
        return MediaManifest(media=tuple(self._inspected.values()))

    def _skip(self, media: Media, file: str, line: int) -> bool:
        skips = self._store.skips(media.uri)
        if skips and not self._skipped:
            self._first_skipped = (file, line)
        self._skipped += skips
        return skips

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _look(self, media: Media) -> None:
        try:
            found = self._workers.patiently(lambda: self._inspect(media))
        except BaseException as error:  # raised again by the thread that takes records
            self._failure = error
            return
        finally:
            self._room.release()
        with self._lock:
            self._inspected[media] = found
            records = self._waiting.pop(media)
            for record in records:
                record.awaited -= 1
            done = [record for record in records if not record.awaited]
        for record in done:
            self._conclude(record)

    def _inspect(self, media: Media) -> Inspected:
        file = self._store.open(media.uri, media.kind)
        if isinstance(file, Fault):
            return Inspected(media=media, faults=(file,))
        header = read_header(file)
        limits, model = self._target.limits.media, self._target.model_name
        found = media_faults(media, header, file.size, limits, model) if limits else ()
        return Inspected(
            media=media,
            faults=tuple(found),
            version=file.version,
            format=written_format(media, header),
            tokens=self._tokens(header),
        )

    def _tokens(self, header: MediaHeader) -> int:
        limits = self._target.limits.media
        if limits is None or limits.image_tokens is None or header.kind != "image":
            return 0
        return limits.image_tokens.of(header.width, header.height)

    def _conclude(self, record: _Record) -> None:
        found = faults_of(record.media, record.characters, self._inspected, self._target)
        self._faults += [(record.file, record.line, fault) for fault in found]


def faults_of(
    named: Sequence[tuple[str, Media]],
    characters: int,
    inspected: Mapping[Media, Inspected],
    target: Target,
) -> Iterator[Fault]:
    """What is wrong with the media of a record, each with the field that names it."""
    for place, media in named:
        for fault in inspected[media].faults:
            yield replace(fault, field=place)
    tokens = [inspected[media].tokens for _, media in named]
    if too_long := image_token_fault(characters, tokens, target):
        yield too_long
