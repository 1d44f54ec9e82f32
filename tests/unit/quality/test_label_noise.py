"""Label noise: the same for few records at a time as for all, and against the plain reckoning."""

import numpy as np
import pytest

from tunedrop.quality import label_noise as subject
from tunedrop.quality.block import Counts
from tunedrop.quality.label_noise import label_noise

RECORDS, LABELS = 400, 3


def dataset() -> tuple[Counts, Counts, Counts]:
    """Words as hashes, their number by record (some have none), and labels, a tenth wrong."""
    chance = np.random.default_rng(7)
    labels = np.arange(RECORDS) % LABELS
    sizes = np.where(np.arange(RECORDS) % 50 == 49, 0, 12)
    owners = np.repeat(np.arange(RECORDS), sizes)
    topic = labels[owners] * 40 + chance.integers(0, 40, len(owners))
    words = (topic.astype(np.uint32) + 1) * np.uint32(0x9E3779B1)
    given = labels.copy()
    given[::10] = (given[::10] + 1) % LABELS
    return words, sizes, given


def test_wrong_labels_are_found_among_records_without_words() -> None:
    found = label_noise(*dataset(), LABELS)
    assert set(range(0, RECORDS, 10)) <= set(found.records.tolist())
    assert len(found.records) < RECORDS / 8


def test_few_records_at_a_time_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    given = dataset()
    whole = label_noise(*given, LABELS)
    monkeypatch.setattr(subject, "_COMPARED_AT_ONCE", subject._MOST_COMPARED * 3)
    parts = label_noise(*given, LABELS)
    assert parts.records.tolist() == whole.records.tolist()
    assert parts.suggested.tolist() == whole.suggested.tolist()


def test_votes_are_those_of_the_plain_reckoning() -> None:
    words, sizes, labels = dataset()
    buckets, owners = subject._rare_words(words, sizes)
    neighbours = subject._Neighbours(buckets, owners, RECORDS)
    asking = np.array([3, 49, 120])
    votes = neighbours.votes(asking, labels, LABELS)
    for row, record in zip(votes, asking.tolist(), strict=True):
        assert row == pytest.approx(plainly(buckets, owners, labels, record), abs=0.02)


def plainly(buckets: Counts, owners: Counts, labels: Counts, record: int) -> list[float]:
    """The share of each label among the fifteen records that share most with one."""
    of = [set(buckets[owners == each].tolist()) for each in range(RECORDS)]
    frequency = np.bincount(buckets, minlength=1 << 14)
    weight = np.log((RECORDS + 1) / (frequency + 1)) ** 2
    alike = {
        each: weight[list(of[each] & of[record])].sum() / np.sqrt(weight[list(of[each])].sum())
        for each in range(RECORDS)
        if each != record and of[each] & of[record]
    }
    nearest = sorted(alike, key=lambda each: (-alike[each], each))[:15]
    shares = np.zeros(LABELS)
    for each in nearest:
        shares[labels[each]] += alike[each]
    return list(shares / max(shares.sum(), 1e-9))
