"""Every rule about files and records, by a small file named after its code."""

from pathlib import Path

import pytest
from dataset_builders import DEFECTS, NO_SPLIT, NOVA, TITAN, file_of, recipe_for

from tunedrop.dataset.lines import local_file
from tunedrop.dataset.report import ValidationReport
from tunedrop.dataset.rules import RULES
from tunedrop.dataset.rules.files import FILE_RULES
from tunedrop.dataset.rules.media import MEDIA_RULES
from tunedrop.dataset.rules.media_files import MEDIA_FILE_RULES
from tunedrop.dataset.rules.records import RECORD_RULES
from tunedrop.dataset.rules.sizes import SIZE_RULES
from tunedrop.dataset.rules.targets import TARGET_RULES
from tunedrop.dataset.validation import validate

FILES = sorted(DEFECTS.glob("*.jsonl"))
PAIRS_ONLY = {"system-prompt-moved", "several-turns"}
BY_SIZE = {
    "line-too-long",
    "too-many-tokens",
    "may-exceed-tokens",
    "too-many-records",
    "file-too-large",
    "too-few-test-records",
    "no-validation-records",
    "validation-not-used",
    "too-many-rejected",
}


def code_of(path: Path) -> str:
    return path.name.split(".")[0]


def report_on(path: Path, *, fast: bool = True) -> ValidationReport:
    model = TITAN if code_of(path) in PAIRS_ONLY else NOVA
    return validate({"train": [local_file(path)]}, recipe_for(model, data=NO_SPLIT), fast=fast)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_defect_is_found_under_its_code_and_nothing_else_is(path: Path) -> None:
    assert set(report_on(path).counts) == {code_of(path)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_only_errors_make_a_dataset_unfit(path: Path) -> None:
    report = report_on(path)
    assert report.fit == (RULES[code_of(path)].severity == "warning")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_slow_path_finds_the_same(path: Path) -> None:
    assert report_on(path) == report_on(path, fast=False)


@pytest.mark.parametrize("cut", [1, 7, 1000])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_findings_do_not_depend_on_how_the_stream_is_cut(path: Path, cut: int) -> None:
    data = path.read_bytes()
    if len(data) > 5000 and cut == 1:
        pytest.skip("slow")
    recipe = recipe_for(TITAN if code_of(path) in PAIRS_ONLY else NOVA, data=NO_SPLIT)
    cut_up = validate({"train": [file_of(data, path.name, cut)]}, recipe)
    assert cut_up == report_on(path)


def test_every_rule_has_a_file_or_a_test_by_size() -> None:
    of_media_files = {rule.code for rule in MEDIA_FILE_RULES}
    named = {code_of(path) for path in DEFECTS.rglob("*.jsonl")}
    assert named | BY_SIZE | of_media_files == set(RULES)


def test_no_code_stands_for_two_rules() -> None:
    groups = (
        FILE_RULES,
        RECORD_RULES,
        TARGET_RULES,
        MEDIA_RULES,
        MEDIA_FILE_RULES,
        SIZE_RULES,
    )
    assert sum(map(len, groups)) == len(RULES)


def test_every_rule_says_what_it_means_and_what_to_do_in_sentences() -> None:
    for rule in RULES.values():
        assert rule.meaning[0].isupper()
        assert rule.meaning.endswith(".")
        assert rule.hint.endswith(".")


@pytest.mark.parametrize(
    ("name", "line", "field"),
    [
        ("missing-field", 6, "completion"),
        ("empty-text", 6, "completion"),
        ("duplicate-key", 6, "prompt"),
        ("last-turn-not-assistant", 6, "messages[2].role"),
        ("system-prompt-not-first", 6, "messages[1]"),
        ("truncated-line", 11, None),
    ],
)
def test_finding_names_line_and_field(name: str, line: int, field: str | None) -> None:
    first = report_on(DEFECTS / f"{name}.jsonl").findings[0]
    assert (first.line, first.field) == (line, field)


def test_message_says_what_was_found_and_what_is_accepted() -> None:
    first = report_on(DEFECTS / "last-turn-not-assistant.jsonl").findings[0]
    assert str(first) == (
        "last-turn-not-assistant.jsonl, line 6, messages[2].role: the last turn has role "
        '"user"; a record must end with an assistant turn'
    )
