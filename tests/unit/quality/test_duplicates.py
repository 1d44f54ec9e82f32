"""Records that say the same, exactly, nearly, or against one another; on one side and across."""

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from quality_builders import Pair, marked, pair, prose, scan_of

from tunedrop.dataset.records import Record, Turn
from tunedrop.quality.block import TextBlock
from tunedrop.quality.duplicates import duplicates
from tunedrop.quality.leakage import Fingerprints
from tunedrop.quality.scan import QualityScan
from tunedrop.quality.sketches import Sketches


def changed(text: str, share: float, seed: int = 1) -> str:
    """A text with some words exchanged."""
    chance = random.Random(seed)
    words = text.split(" ")
    places = chance.sample(range(len(words)), round(share * len(words)))
    return " ".join("changed" if i in places else word for i, word in enumerate(words))


def similarities(pairs: list[Pair], size: int = 512) -> dict[tuple[int, int], float]:
    """The near-duplicates among records that no one sorted into blocks."""
    block = TextBlock(first=0, prompts=[p for p, _ in pairs], completions=[c for _, c in pairs])
    sketches = Sketches(size=size)
    sketches.add(block)
    found = duplicates(block.keys, sketches.whole())
    return dict(zip(map(tuple, found.pairs.tolist()), found.similarities.tolist(), strict=True))


def jaccard(one: str, other: str) -> float:
    """Of pairs of neighbouring words."""
    first, second = ({*pairwise(w)} for w in (t.rstrip(".").lower().split() for t in (one, other)))
    return len(first & second) / len(first | second)


def test_records_that_differ_in_case_and_spacing_are_exact_duplicates() -> None:
    pairs = [pair(1), pair(2), (pair(1)[0].upper() + " \n", "  " + pair(1)[1].replace(" ", "\t"))]
    assert marked(pairs, "exact-duplicate") == [2]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("What is 3+4?", "7"), ("What is 3-4?", "7")),
        (("a b", "c"), ("a", "b c")),
        (("ab", "c"), ("a b", "c")),
        (("", "word"), ("word", "")),
        (("word\x1fword", "x"), ("word", "word x")),
    ],
)
def test_records_that_differ_in_a_sign_or_a_border_are_no_duplicates(
    one: Pair, other: Pair
) -> None:
    assert marked([one, other], "exact-duplicate") == []


def test_near_duplicates_form_one_group_with_an_example() -> None:
    first = pair(1)
    copies = [(changed(first[0], 0.03, seed), first[1]) for seed in (1, 2)]
    scan = scan_of([pair(2), first, pair(3), *copies])
    facts = scan.report().duplicates
    assert (facts.near, facts.groups) == (2, 1)
    assert facts.largest[0].members == (1, 3, 4)
    assert facts.largest[0].example == (1, 3)
    assert 0.8 <= (facts.largest[0].similarity or 0) < 1


@pytest.mark.parametrize("words", [30, 120, 3000])
@pytest.mark.parametrize("share", [0.02, 0.05, 0.09])
def test_similar_records_are_found_at_any_length(words: int, share: float) -> None:
    texts = [prose(number, words) for number in range(40)]
    copies = [changed(text, share, number) for number, text in enumerate(texts)]
    found = similarities([(text, "Fine.") for text in texts + copies])
    expected = {(i, 40 + i) for i in range(40) if jaccard(texts[i], copies[i]) >= 0.83}
    assert expected <= set(found)
    assert set(found) <= {(i, 40 + i) for i in range(40) if jaccard(texts[i], copies[i]) >= 0.77}


def test_similarity_is_exact_where_records_are_short() -> None:
    text = prose(1, 100)
    found = similarities([(text, ""), (changed(text, 0.04), "")])
    assert found[0, 1] == pytest.approx(jaccard(text, changed(text, 0.04)), abs=0.02)


def test_records_that_share_only_a_long_instruction_are_no_near_duplicates() -> None:
    instruction = prose(1000, 120)
    pairs = [(f"{instruction} {prose(n, 12)}", prose(500 + n, 5)) for n in range(60)]
    assert marked(pairs, "near-duplicate") == []
    assert marked(pairs, "boilerplate") == list(range(60))


def test_markers_that_come_again_and_again_are_no_boilerplate() -> None:
    said = [[f"#Person1#: {prose(n * 9 + i, 2)}" for i in range(9)] for n in range(60)]
    pairs = [(" ".join(each), prose(900 + n, 4)) for n, each in enumerate(said)]
    assert marked(pairs, "boilerplate") == []


def test_completion_of_boilerplate_is_found_behind_a_long_prompt_of_its_own() -> None:
    farewell = prose(1000, 30)
    pairs = [(prose(n, 60), f"{farewell} {prose(500 + n, 5)}") for n in range(40)]
    pairs += [(prose(2000 + n, 60), prose(3000 + n, 35)) for n in range(40)]
    assert marked(pairs, "boilerplate") == list(range(40))


def test_the_frame_of_data_that_are_to_be_written_is_no_boilerplate() -> None:
    frame = '{{"customer": "{}", "order": "{}", "amount": "{}", "currency": "EUR"}}'
    values = ([*prose(number).split()[:3]] for number in range(60))
    pairs = [(prose(number), frame.format(*each)) for number, each in enumerate(values)]
    assert marked([*pairs, ("", "")], "boilerplate") == []


def test_a_system_prompt_that_all_records_share_is_no_boilerplate() -> None:
    system, template = prose(1000, 120), prose(2000, 40)
    said = [prose(n, 12) for n in range(60)]
    scan = QualityScan()
    for n, text in enumerate(said):
        user = f"{template} {text}" if n < 30 else text
        turns = (Turn("user", user), Turn("assistant", prose(500 + n, 5)))
        scan.add(Record(system, turns))
    assert scan.verdicts().records["boilerplate"].tolist() == list(range(30))


def test_a_large_group_hangs_together() -> None:
    text = prose(1, 200)
    pairs = [pair(n + 10) for n in range(2000)]
    pairs += [(changed(text, 0.01, n), f"Answer {n}.") for n in range(150)]
    found = marked(pairs, "near-duplicate")
    assert found == list(range(2001, 2150))


def test_contradictions_name_all_records_of_the_prompt() -> None:
    pairs = [("Is it so?", "Yes."), pair(1), ("is it  so?", "No."), ("Is it so?", "Yes."), pair(2)]
    assert marked(pairs, "contradiction") == [0, 2, 3]
    assert scan_of(pairs).report().contradictions[0].size == 3


def test_a_repeated_record_contradicts_nothing() -> None:
    assert marked([pair(1), pair(1), pair(2)], "contradiction") == []


def test_records_to_test_with_that_are_trained_on_are_leaks() -> None:
    trained = [pair(number) for number in range(20)]
    near = (changed(pair(7)[0], 0.03), pair(7)[1])
    scan = scan_of(trained, validation=[pair(3), pair(30)], test=[near, pair(31)])
    leaks = scan.report().leaks
    assert (leaks.exact, leaks.near) == (1, 1)
    assert [(tested, trained) for tested, trained, _ in leaks.examples] == [(20, 3), (22, 7)]
    assert scan.verdicts().records["leakage"].tolist() == [20, 22]


def test_a_record_to_test_with_whose_prompt_is_trained_on_is_a_leak() -> None:
    trained = [pair(number) for number in range(20)]
    other = (pair(7)[0].upper(), pair(40)[1])
    scan = scan_of(trained, test=[pair(30), other, (pair(31)[0], pair(8)[1])])
    leaks = scan.report().leaks
    assert (leaks.exact, leaks.near, leaks.prompts) == (0, 0, 1)
    assert leaks.examples == ((21, 7, None),)


def test_texts_without_a_prompt_and_a_prompt_of_nearly_all_leak_nothing() -> None:
    passages = [("", pair(number)[1]) for number in range(20)]
    asked = [("Tell a story.", pair(number)[1]) for number in range(20)]
    assert scan_of(passages[:15], test=passages[15:]).report().counts == {}
    report = scan_of(asked[:15], test=asked[15:]).report()
    assert report.counts == {"contradiction": 20, "common-prompt": 20}


def test_repetitions_on_one_side_are_no_leaks() -> None:
    scan = scan_of([pair(1), pair(1)], test=[pair(2), pair(2)])
    assert scan.report().leaks.exact == 0


def test_fingerprints_recognize_the_records_of_an_earlier_run() -> None:
    earlier = scan_of([pair(number) for number in range(50)]).fingerprints()
    kept = Fingerprints.from_bytes(earlier.to_bytes())
    later = [pair(60), pair(5), (changed(pair(9)[0], 0.02), pair(9)[1])]
    fingerprints = scan_of(later).fingerprints()
    found = kept.holds(fingerprints.keys, fingerprints.sketches)
    assert [(leak.tested, leak.trained) for leak in found] == [(1, 5), (2, 9)]


def test_fingerprints_hold_training_records_only_and_little_of_each() -> None:
    long_ones = [(prose(n, 5000), prose(n + 100, 5000)) for n in range(20)]
    fingerprints = scan_of(long_ones, test=[pair(1)]).fingerprints()
    assert len(fingerprints.keys) == 20
    assert len(fingerprints.to_bytes()) < 20 * 450


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=12))
def test_any_texts_are_measured_alike_in_one_block_and_one_by_one(pairs: list[Pair]) -> None:
    block = TextBlock(first=0, prompts=[p for p, _ in pairs], completions=[c for _, c in pairs])
    alone = [TextBlock(first=0, prompts=[p], completions=[c]).keys[0] for p, c in pairs]
    if pairs and all(_lowers_alike(text) for each in pairs for text in each):
        assert block.keys.tolist() == [int(key) for key in alone]


def _lowers_alike(text: str) -> bool:
    return text.isascii() and "\x1f" not in text


@given(st.lists(st.tuples(st.text(), st.text()), max_size=8))
def test_any_dataset_gets_a_report(pairs: list[Pair]) -> None:
    report = scan_of(pairs).report()
    assert report.records["train"] == len(pairs)
    assert type(report).from_json(report.to_json()) == report


def test_sketches_of_long_records_stay_small() -> None:
    scan = Sketches()
    scan.add(TextBlock(first=0, prompts=[prose(1, 200_000)], completions=[""]))
    table = scan.whole()
    assert len(table.hashes) < 1000
    assert table.pairs.tolist() == [200_000]
    assert np.all(table.hashes < table.ceilings[0])


def test_sketches_shrink_where_there_are_too_many_to_hold_and_still_tell_near_duplicates() -> None:
    texts = [prose(number, 600) for number in range(60)]
    texts += [changed(text, 0.02, number) for number, text in enumerate(texts[:20])]
    sketches, keys = Sketches(most=8000), []
    for first in range(0, len(texts), 10):
        part = texts[first : first + 10]
        block = TextBlock(first=first, prompts=part, completions=[""] * len(part))
        sketches.add(block)
        keys.append(block.keys)
    table = sketches.whole()
    assert len(table.hashes) <= 8000
    found = duplicates(np.concatenate(keys), table).pairs
    assert found.tolist() == [[n, 60 + n] for n in range(20)]


def test_test_records_without_words_are_covered_by_nothing_and_break_nothing() -> None:
    assert scan_of([pair(1)], test=[("", ""), (" ", "\n")]).report().coverage is None


@given(st.data())
def test_similarity_of_any_words_is_that_of_sets(data: st.DataObject) -> None:
    texts = st.lists(st.sampled_from(["a", "b", "c", "d", "+"]), max_size=9).map(" ".join)
    one, other = data.draw(texts), data.draw(texts)
    first, second = ({*pairwise(each.split())} for each in (one, other))
    expected = len(first & second) / max(len(first | second), 1)
    found = similarities([(one, ""), (other, "")])
    if one != other:
        assert bool(found) == (expected >= 0.8)


def test_families_that_fill_every_bucket_are_looked_at_a_few_times_a_record() -> None:
    texts = [changed(prose(number % 4, 80), 0.03, number) for number in range(800)]
    pairs = [(f"{text} {prose(9000 + number, 4)}", "") for number, text in enumerate(texts)]
    found = similarities(pairs)
    assert all(one % 4 == other % 4 for one, other in found)
    assert len(found) < 100 * len(texts)


def test_many_records_that_say_the_same_are_one_group_and_no_pairs() -> None:
    groups = scan_of([("The same.", "Always.")] * 5000).verdicts().duplicates
    assert (len(groups.exact), len(groups.pairs), len(groups.groups())) == (4999, 0, 1)
