"""The system prompt that a model was trained with, for those who call it."""

from collections import Counter
from collections.abc import Iterable
from itertools import islice

from tunedrop.dataset.records import Record
from tunedrop.evaluation.test_set import lines, record

_RECORDS = 200


def system_prompt(training_file: Iterable[bytes]) -> str:
    """The most frequent one among the first records, which are shuffled; "" where most have none.

    Only the beginning of the file is read.
    """
    first = (record(line, number) for number, line in islice(lines(training_file), _RECORDS))
    told = Counter(each.system or "" for each in first if isinstance(each, Record))
    return told.most_common(1)[0][0] if told else ""
