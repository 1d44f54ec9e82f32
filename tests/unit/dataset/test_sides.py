"""Sides of groups and labels, the selection from too many, and files in a drawn order."""

import random
from dataclasses import replace

from dataset_builders import TITAN, recipe_for
from prepared import MemoryOutput

from tunedrop.dataset.outputs import ShuffledWriter
from tunedrop.dataset.sides import TEST, TRAIN, VALIDATION, Placement, placed, selected
from tunedrop.dataset.splits import Shares, text_key
from tunedrop.dataset.target import Target

KEYS = [text_key(f"record {number}") for number in range(1000)]
ALONE = list(range(1000))
ONE_LABEL = [0] * 1000
SHARES = Shares(
    test_share=0.1, validation_share=0.1, min_test=0, min_validation=1, max_validation=None
)


def placement(count: int, groups: list[int] = ALONE, labels: list[int] = ONE_LABEL) -> Placement:
    return placed(KEYS[:count], groups[:count], labels[:count], SHARES, 8)


def test_shares_are_kept_within_chance() -> None:
    sides = placement(1000).sides
    assert 70 < sides.count(TEST) < 130
    assert 70 < sides.count(VALIDATION) < 130


def test_groups_go_to_a_side_together_and_movers_are_counted() -> None:
    groups = [number // 4 * 4 for number in range(1000)]
    found = placement(1000, groups)
    alone = placement(1000).sides
    assert all(len(set(found.sides[start : start + 4])) == 1 for start in range(0, 1000, 4))
    assert 50 < found.sides.count(TEST) < 200
    assert found.moved == sum(a != b for a, b in zip(found.sides, alone, strict=True))
    assert placement(1000).moved == 0


def test_a_record_that_a_small_side_takes_is_counted_as_moved() -> None:
    found = placed(KEYS[:40], ALONE[:40], ONE_LABEL[:40], replace(SHARES, min_test=12), 8)
    taken = found.sides.count(TEST) - placement(40).sides.count(TEST)
    assert taken > 0
    assert found.moved == taken


def test_a_group_as_large_as_half_a_side_is_trained_on() -> None:
    groups = [0 if number < 300 else number for number in range(1000)]
    assert set(placement(1000, groups).sides[:300]) == {TRAIN}


def test_a_side_takes_from_training_and_small_groups_before_large_ones() -> None:
    groups = [KEYS.index(min(KEYS)) if number < 100 else number for number in range(1000)]
    shares = replace(SHARES, min_test=150, min_validation=1)
    found, before = placed(KEYS, groups, ONE_LABEL, shares, 8), placement(1000, groups)
    assert found.sides.count(TEST) == 150
    taken = [old for old, new in zip(before.sides, found.sides, strict=True) if old != new]
    assert set(taken) == {TRAIN}
    assert found.moved == before.moved + len(taken)


def test_a_side_beyond_its_share_gives_back_what_training_lacks() -> None:
    groups = [number // 20 * 20 for number in range(1000)]
    by_chance = placed(KEYS, groups, ONE_LABEL, SHARES, 8).sides
    held_out = by_chance.count(TEST) + by_chance.count(VALIDATION)
    assert held_out > 220
    sides = placed(KEYS, groups, ONE_LABEL, SHARES, 800).sides
    assert sides.count(TRAIN) == 800 and {TEST, VALIDATION} < set(sides)
    assert all(sides[each] in (by_chance[each], TRAIN) for each in range(1000))


def test_every_label_of_ten_records_is_on_every_side() -> None:
    labels = [number % 40 for number in range(1000)]
    sides = placement(1000, labels=labels).sides
    for label in range(40):
        assert set(sides[label::40]) == {TRAIN, VALIDATION, TEST}


def test_a_selection_keeps_the_shares_of_labels_and_one_of_each_group() -> None:
    labels = [0] * 750 + [1] * 250
    groups = [number // 2 for number in range(1000)]
    chosen = selected(range(1000), KEYS, groups, labels, 400)
    assert len(chosen) == 400
    assert sum(labels[each] for each in chosen) == 100
    assert len({groups[each] for each in chosen}) == 400


def test_a_shuffled_file_is_the_same_however_little_is_held() -> None:
    lines = [f'{{"number": {number}}}\n'.encode() for number in range(500)]
    target = Target.of(recipe_for(TITAN))
    written = []
    for held_bytes in (100, 1000, 1 << 20):
        output = MemoryOutput()
        writer = ShuffledWriter("train.jsonl", lambda _, o=output: o, "seed", held_bytes)
        for line in random.Random(held_bytes).sample(lines, len(lines)):
            writer.add(line, len(line))
        assert writer.close(target).records == 500
        written.append(output.getvalue())
    assert sorted(written[0].splitlines(keepends=True)) == sorted(lines)
    assert written[0] == written[1] == written[2] != b"".join(lines)
