"""Counts, limits, shares, caps and privacy of the validator."""

import json
from typing import Any

import pytest
from dataset_builders import (
    HAIKU,
    LLAMA,
    NO_SPLIT,
    NOVA,
    TITAN,
    chat,
    file_of,
    jsonl,
    pair,
    pairs,
    recipe_for,
)

from tunedrop.dataset.lines import MAX_LINE_BYTES
from tunedrop.dataset.report import ValidationReport
from tunedrop.dataset.validation import validate


def report_on(lines: bytes, model: str = NOVA, **keys: Any) -> ValidationReport:
    return validate({"train": [file_of(lines)]}, recipe_for(model, **keys))


def test_clean_dataset_is_fit_and_every_record_is_on_one_side() -> None:
    report = report_on(pairs(200))
    counts = report.records
    assert report.fit
    assert report.findings == ()
    assert counts.train + counts.validation + counts.test == 200
    assert counts.validation > 0
    assert counts.test > 0


def test_tokens_are_reckoned_cautiously() -> None:
    record = {"prompt": "a" * 60, "completion": "b" * 60}
    assert report_on(jsonl([record] * 10), TITAN, data=NO_SPLIT).tokens == 10 * 120 // 4


@pytest.mark.parametrize(
    ("characters", "codes"),
    [(4096 * 4, set()), (4096 * 4 + 4, {"may-exceed-tokens"}), (4096 * 6 + 6, {"too-many-tokens"})],
)
def test_long_records_are_warned_of_and_then_refused(characters: int, codes: set[str]) -> None:
    record = {"prompt": "a" * (characters - 1), "completion": "b"}
    assert set(report_on(jsonl([record]), TITAN, data=NO_SPLIT).counts) == codes


def test_token_limit_falls_with_the_batch_size() -> None:
    record = jsonl([{"prompt": "a" * 4 * 3000, "completion": "b"}])
    assert report_on(record, TITAN, data=NO_SPLIT).fit
    lowered = report_on(record, TITAN, data=NO_SPLIT, hyperparameters={"batch_size": 2})
    assert set(lowered.counts) == {"may-exceed-tokens"}


def test_shares_must_leave_the_minimum_to_train_on() -> None:
    report = report_on(pairs(105), LLAMA)
    assert "too-few-records" in report.counts
    assert "Llama 3.1 8B Instruct needs 100" in str(report.findings[-1])


def test_account_quota_replaces_the_documented_limit() -> None:
    recipe = recipe_for(data=NO_SPLIT)
    assert validate({"train": [file_of(pairs(50))]}, recipe, record_limit=50).fit
    over = validate({"train": [file_of(pairs(51))]}, recipe, record_limit=50)
    assert "takes 50 (quota L-EC6A6ABC)" in over.findings[0].message


def test_documented_record_limit_is_kept() -> None:
    assert set(report_on(pairs(20_001), data=NO_SPLIT).counts) == {"too-many-records"}


def test_validation_set_reaches_the_minimum_of_the_base_model() -> None:
    report = report_on(pairs(100), HAIKU)
    assert report.fit
    assert report.records.validation == 32


def test_too_small_dataset_trains_without_validation_and_says_so() -> None:
    report = report_on(pairs(60), HAIKU)
    assert report.records.validation == 0
    assert set(report.counts) == {"no-validation-records"}


def test_validation_set_stays_below_the_maximum_of_the_base_model() -> None:
    report = report_on(pairs(9_000), HAIKU, data={"validation_share": 0.3, "test_share": 0})
    assert report.fit
    assert report.records.validation == 1000


def test_named_files_replace_the_shares() -> None:
    files = {
        "train": [file_of(pairs(40))],
        "validation": [file_of(jsonl(pair(n) for n in range(100, 110)))],
        "test": [file_of(jsonl(pair(n) for n in range(200, 205)))],
    }
    counts = validate(files, recipe_for()).records
    assert (counts.train, counts.validation, counts.test) == (40, 10, 5)


def test_recipe_that_compares_needs_test_records() -> None:
    report = report_on(pairs(30), data=NO_SPLIT, evaluation={"beat": "base"})
    assert set(report.counts) == {"too-few-test-records"}


def test_allowed_share_of_rejected_records_is_set_aside() -> None:
    data = pairs(95) + jsonl([{"prompt": "only"}] * 5)
    assert not report_on(data).fit
    allowed = report_on(data, data={"rejected_share": 0.05})
    assert allowed.fit
    assert allowed.records.rejected == 5


def test_more_than_the_allowed_share_rejects_the_dataset() -> None:
    data = pairs(95) + jsonl([{"prompt": "only"}] * 6)
    report = report_on(data, data={"rejected_share": 0.05})
    assert not report.fit
    assert "too-many-rejected" in report.counts


def test_kept_findings_are_capped_and_counts_go_on() -> None:
    data = jsonl([{"prompt": "only"}] * 50)
    report = validate({"train": [file_of(data)]}, recipe_for(data=NO_SPLIT), max_findings=20)
    assert report.counts["missing-field"] == 50
    assert (len(report.findings), report.findings_left_out) == (20, 30)


def test_findings_come_in_file_order() -> None:
    bad = [{"prompt": "only"}, {"completion": "only"}, {"prompt": "", "completion": "x"}]
    lines = [each.line for each in report_on(jsonl([*bad, *bad])).findings]
    assert lines[:6] == [1, 2, 3, 4, 5, 6]


def test_both_faults_of_a_record_are_found() -> None:
    report = report_on(jsonl([{"completion": " "}]), data=NO_SPLIT)
    assert {"missing-field", "empty-text"} <= set(report.counts)


def test_line_beyond_every_limit_is_skipped_in_flat_memory() -> None:
    huge = b'{"prompt": "' + b"x" * (MAX_LINE_BYTES + 10) + b'", "completion": "y"}\n'
    report = report_on(pairs(10) + huge + pairs(10), data=NO_SPLIT)
    assert report.counts == {"line-too-long": 1}
    assert report.findings[0].line == 11
    assert report.records.train == 20


SECRET = "zebra-4711"


@pytest.mark.parametrize(
    "record",
    [
        {"prompt": SECRET, "completion": ""},
        {"prompt": SECRET},
        {SECRET: 1},
        {"prompt": SECRET, "completion": [SECRET]},
        chat(SECRET, SECRET, SECRET),
        {"messages": [{"role": SECRET, "content": SECRET}]},
        {"messages": [{"role": "user", "content": SECRET, SECRET: 1}]},
        {"prompt": f"User: {SECRET}", "completion": f"\x00{SECRET}"},
    ],
)
def test_no_finding_quotes_a_record(record: dict[str, Any]) -> None:
    report = report_on(jsonl([record]) + f'{{"prompt": {SECRET}\n'.encode())
    assert report.errors
    assert SECRET not in report.to_json()
    assert SECRET not in report.summary()


def test_summary_has_counts_first_findings_and_where_the_rest_is() -> None:
    summary = report_on(pairs(20) + jsonl([{"prompt": "only"}] * 9)).summary("report.json")
    assert summary.startswith("The dataset was not accepted: 9 errors, 0 warnings in 29 records")
    assert summary.count("data.jsonl, line 2") == 3
    assert summary.endswith("All findings are in report.json.")
    assert len(summary) < 1000


def test_counts_in_a_summary_can_be_read_at_a_glance() -> None:
    summary = report_on(pairs(20) + b'{"prompt": "only"}\n' * 1234).summary()
    assert "1,234 errors, 0 warnings in 1,254 records (missing-field 1,234)" in summary


def test_a_long_file_of_carriage_returns_alone_is_called_that() -> None:
    data = pairs(20).replace(b"\n", b"\r") * (1 + (MAX_LINE_BYTES // len(pairs(20))))
    report = report_on(data)
    assert len(data) > MAX_LINE_BYTES
    assert report.counts == {"carriage-returns": 1}


def test_report_survives_json() -> None:
    report = report_on(pairs(20) + b"\n")
    assert ValidationReport.from_json(report.to_json()) == report
    assert json.loads(report.to_json())["counts"] == {"blank-line": 1}


def test_digest_names_the_bytes_and_not_the_names() -> None:
    recipe = recipe_for()
    first = validate({"train": [file_of(pairs(20), "a.jsonl")]}, recipe)
    again = validate({"train": [file_of(pairs(20), "b.jsonl")]}, recipe)
    other = validate({"train": [file_of(pairs(21), "a.jsonl")]}, recipe)
    assert first.digest == again.digest != other.digest
