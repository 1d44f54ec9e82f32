"""What is counted of each file as its lines pass by."""

from array import array
from collections import Counter

from tunedrop.dataset.awaited import AwaitedRecords
from tunedrop.dataset.fast import CleanBlock
from tunedrop.dataset.records import MediaKind
from tunedrop.dataset.report import FileFacts
from tunedrop.dataset.scanning import CheckedLine, FileScan
from tunedrop.dataset.splits import Side, SplitCounter, split_key

SIDES: tuple[Side, ...] = ("train", "validation", "test")


class FileTally:
    """Counts one file; `counter` settles the sides of its records, where they are not given."""

    def __init__(self, scan: FileScan, counter: SplitCounter | None) -> None:
        self.name = scan.source.name
        self.records = 0
        self.rejected = 0
        self.characters = 0
        self.media: Counter[MediaKind] = Counter()
        self._scan = scan
        self._counter = counter
        self._awaited = AwaitedRecords()
        # Of the records whose sides are counted: what falls on which is reckoned when all is read.
        self._keys, self._sizes = array("Q"), array("L")
        self._taken_back: list[tuple[int, int]] = []

    def add_block(self, block: CleanBlock) -> None:
        """Count records in which nothing is wrong, and which name no media."""
        self.records += len(block.rows)
        self.characters += block.characters
        if self._counter and not self._counter.is_full:
            keys = [row.key() for row in block.rows]
            self._counter.add(*keys)
            self._keys.extend(keys)
            self._sizes.extend(sum(map(len, row.texts())) for row in block.rows)

    def add_line(self, line: CheckedLine) -> None:
        """Count a line, whatever it holds."""
        self.rejected += line.rejected
        record = line.record
        if record is None:
            return
        self.records += 1
        self.characters += record.characters
        self.media.update(media.kind for media in record.media)
        key = None
        if self._counter and not self._counter.is_full:
            key = split_key(record)
            self._counter.add(key)
            self._keys.append(key)
            self._sizes.append(record.characters)
        if record.media and line.line is not None:
            self._awaited.add(line.line, record.characters, key)

    def take_back(self, line: int) -> None:
        """Count a record as rejected, because of its media; once, however often it is asked."""
        counted = self._awaited.take_back(line)
        if counted is None:
            return
        characters, key = counted
        self.records -= 1
        self.rejected += 1
        self.characters -= characters
        if self._counter and key is not None:
            self._counter.take_back(key)
            self._taken_back.append((key, characters))

    def counted_characters(self, lowest_key: int = 0) -> int:
        """The characters of the counted records with this key or a higher one."""
        counted = zip(self._keys, self._sizes, strict=True)
        return sum(size for key, size in counted if key >= lowest_key) - sum(
            size for key, size in self._taken_back if key >= lowest_key
        )

    def facts(self, role: Side) -> FileFacts:
        """The file as it was read."""
        return FileFacts(
            name=self.name,
            role=role,
            format=self._scan.format,
            records=self.records,
            rejected=self.rejected,
            bytes=self._scan.bytes,
            sha256=self._scan.sha256,
            images=self.media["image"],
            videos=self.media["video"],
        )
