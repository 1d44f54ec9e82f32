"""What the quality checks find of cases planted in real text, and what they find beside them."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from bench.made_up import PERSONAL_DATA
from bench.made_up_secrets import SECRETS
from bench.measurement import Measurement
from bench.planted import jaccard, mislabelled, near_copies, planted
from bench.real_text import Pair, docstring_pairs, docstrings, service_pairs, service_texts
from tunedrop.quality.block import TextBlock
from tunedrop.quality.confidential import ConfidentialData
from tunedrop.quality.near_duplicates import NEAR
from tunedrop.quality.personal_data import find
from tunedrop.quality.scan import QualityScan

_EACH_KIND = 200
_MEGABYTES = 20.0
_FEWEST_TEXTS, _MOST_TEXTS = 50, 500
_SERVICES, _TEXTS_OF_SERVICE = 20, 150
_NEAREST = 10
_TRIES = 3


def found() -> Iterator[Measurement]:
    """Near-duplicates, personal data and secrets, false alarms, wrong labels."""
    yield from _near_duplicates()
    yield from _confidential()
    yield _false_alarms()
    packages = {
        name: texts
        for name, texts in docstrings().items()
        if _FEWEST_TEXTS <= len(texts) <= _MOST_TEXTS
    }
    yield from _label_noise("packages of Python", packages)
    yield from _label_noise("services of AWS", service_texts(_SERVICES, _TEXTS_OF_SERVICE))


def _near_duplicates() -> Iterator[Measurement]:
    pairs, copies = near_copies(docstring_pairs())
    scan = QualityScan()
    scan.add_texts([prompt for prompt, _ in pairs], [completion for _, completion in pairs])
    groups = scan.verdicts().duplicates
    found = set(map(tuple, groups.pairs.tolist()))
    alike = groups.first_alike.tolist()
    wanted = [pair for pair in copies if jaccard(pairs[pair[0]], pairs[pair[1]]) >= NEAR]
    hits = sum(pair in found or alike[pair[1]] == pair[0] for pair in wanted)
    right = sum(jaccard(pairs[one], pairs[other]) >= NEAR for one, other in found)
    yield _share("near-duplicates found, of planted at J >= 0.8", hits, len(wanted), "recall")
    yield _share("near-duplicates right, of those reported", right, len(found), "precision")


def _confidential() -> Iterator[Measurement]:
    """Only what is sure and of the right kind counts."""
    chance = random.Random(2)
    clean = [completion for _, completion in docstring_pairs() if not find(completion)]
    hits, makers = {}, {**PERSONAL_DATA, **SECRETS}
    for kind, make in makers.items():
        texts = [planted(chance.choice(clean), make(chance), chance) for _ in range(_EACH_KIND)]
        looked = ConfidentialData()
        looked.add(TextBlock(first=0, prompts=texts, completions=[""] * len(texts)))
        sure = [
            each for each in looked.counts() if (each.kind, each.strength) == (kind, "blocking")
        ]
        hits[kind] = sum(each.records for each in sure)
    whole = _EACH_KIND * len(makers)
    yield _share(
        f"personal data and secrets, {len(makers)} kinds", sum(hits.values()), whole, "recall"
    )
    for kind in sorted(hits, key=lambda kind: hits[kind])[:3]:
        yield _share(f"  of the worst kinds: {kind}", hits[kind], _EACH_KIND, "recall")


def _false_alarms() -> Measurement:
    records, looked = service_pairs(_MEGABYTES), ConfidentialData()
    prompts, completions = zip(*records, strict=True)
    looked.add(TextBlock(first=0, prompts=prompts, completions=completions))
    blocking = {record for found in looked.blocking.values() for record in found}
    return Measurement(
        name="blocking alarms in 1,000 clean records",
        value=1000 * len(blocking) / len(records),
        unit="records",
        compared_with=1.0,
        meaning="of the one that is borne; documentation of AWS's services",
    )


def _label_noise(name: str, texts: Mapping[str, Sequence[str]]) -> Iterator[Measurement]:
    """A tenth of the labels exchanged, in a few ways; beside the ten nearest neighbours alone."""
    hits, suspected, planted_wrong = [0, 0], [0, 0], 0
    for seed in range(_TRIES):
        rows, wrong = mislabelled(_labelled(texts), random.Random(seed))
        prompts, labels = zip(*rows, strict=True)
        planted_wrong += len(wrong)
        for each, suspects in enumerate((_ours(prompts, labels), _by_neighbours(prompts, labels))):
            hits[each] += len(suspects & wrong)
            suspected[each] += len(suspects)
    for each, who in enumerate(("ours", "neighbours")):
        yield _share(f"wrong {name}, {who}", hits[each], planted_wrong, "recall")
        yield _share("  of those reported", hits[each], suspected[each], "precision")


def _labelled(texts: Mapping[str, Sequence[str]]) -> list[Pair]:
    return [(text, label) for label, found in texts.items() for text in found]


def _ours(prompts: Sequence[str], labels: Sequence[str]) -> set[int]:
    scan = QualityScan()
    scan.add_texts(prompts, labels)
    return set(scan.verdicts().records["label-noise"].tolist())


def _by_neighbours(texts: Sequence[str], labels: Sequence[str]) -> set[int]:
    """The baseline: each record against its ten nearest by the cosine of word frequencies."""
    words = [re.findall(r"\w+", text.lower()) for text in texts]
    places = {word: place for place, word in enumerate(sorted({w for each in words for w in each}))}
    matrix = np.zeros((len(texts), len(places)), np.float32)
    for row, each in enumerate(words):
        for word in each:
            matrix[row, places[word]] = 1
    matrix *= np.log(len(texts) / matrix.sum(axis=0))
    matrix /= np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
    suspects = set()
    for row, likeness in enumerate(matrix @ matrix.T):
        likeness[row] = -1
        votes = [labels[place] for place in np.argsort(-likeness)[:_NEAREST]]
        if votes.count(labels[row]) == 0:
            suspects.add(row)
    return suspects


def _share(name: str, part: int, whole: int, meaning: str) -> Measurement:
    return Measurement(
        name=name,
        value=part,
        unit=f"of {whole}",
        compared_with=float(whole),
        meaning=meaning,
    )
