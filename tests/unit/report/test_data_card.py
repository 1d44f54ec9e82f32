"""The data card: what to do first, what was found, and pictures that everybody can read."""

from typing import Any

import pytest
import report_records as records
from quality_reports import EMAIL, PHONE, flawed, labelled
from test_page import Page, page

from tunedrop.quality.rules import QUALITY_RULES
from tunedrop.report.bars import bars, share
from tunedrop.report.card import card
from tunedrop.report.histogram import histogram
from tunedrop.report.page import render_card
from tunedrop.report.ranking import PLACES


def measured(report: dict[str, Any], **dataset: Any) -> dict[str, Any]:
    run = records.succeeded()
    return {**run, "dataset": {**run["dataset"], **dataset}, "quality": report}


def shown(run: dict[str, Any]) -> dict[str, Any]:
    found = card(run)
    assert found is not None
    return found


def test_what_blocks_comes_first_and_three_things_are_enough() -> None:
    first = shown(measured(flawed()))["first"]
    assert len(first) == 3
    severities = [each["severity"] for each in first]
    assert severities == sorted(severities)
    assert first[0]["code"] == "leakage"
    assert "not tested" in first[0]["way_out"]


def test_what_hurts_most_leads_and_boilerplate_comes_last() -> None:
    codes = ("boilerplate", "near-duplicate", "truncated-completion", "contradiction", "leakage")
    findings = [records.finding(0, code, code, severity="warning") for code in codes]
    counts = {"boilerplate": 900, "near-duplicate": 300, "contradiction": 2}
    found = shown(measured({"findings": findings, "counts": counts}, findings=[]))
    worst_first = ["leakage", "contradiction", "truncated-completion"]
    assert [each["code"] for each in found["first"]] == worst_first
    ranked = [each["code"] for each in found["quality_findings"]]
    assert ranked == [*worst_first, "near-duplicate", "boilerplate"]


def test_it_says_what_more_records_would_do() -> None:
    growth = " ".join(shown(measured(flawed()))["growth"])
    assert f"here are {flawed()['effective_records']} without repetition" in growth
    assert growth in page(measured(flawed())).text("p")
    pictures = {"files": [{"name": "a.jsonl", "format": "image-caption"}]}
    assert shown(measured(flawed(), **pictures))["growth"] == []


def test_every_rule_of_quality_has_its_place() -> None:
    settled_always = {"known-to-champion", "left-out"}
    assert set(PLACES) == set(QUALITY_RULES) - settled_always


def test_what_the_recipe_settled_is_told_as_done_and_asks_nothing() -> None:
    dropped = {"dropped": {"exact-duplicate": 2, "leakage": 1}}
    report = flawed() | {"settled": ["exact-duplicate", "leakage", "contradiction"]}
    found = shown(measured(report, quality=dropped))
    assert not {each["code"] for each in found["first"]} & set(report["settled"])
    status = {each["code"]: each["status"] for each in found["quality_findings"]}
    assert {code for code, word in status.items() if word == "done"} == set(report["settled"])
    assert list(status)[-3:] == ["leakage", "contradiction", "exact-duplicate"]
    told = page(measured(report, quality=dropped))
    assert found["done"][0] in told.text("ul")
    left_out = next(plot for plot in found["plots"] if plot.title.startswith("What is left out"))
    assert [(each.name, each.amount) for each in left_out.rows] == [
        ("exact-duplicate", "2"),
        ("leakage", "1"),
    ]


def test_records_on_another_side_than_their_own_are_counted() -> None:
    run = measured(flawed(), quality={"moved": 12})
    assert shown(run)["moved"].startswith("12 records are placed on another side than their")
    assert shown(run)["moved"] in page(run).text("p")
    assert shown(measured(flawed()))["moved"] == ""


def test_the_cost_is_drawn_by_epoch_with_the_budget_as_a_mark() -> None:
    run = measured(flawed()) | {"cost": {"training_usd_estimate": 3.0}}
    budget = {"training_usd": 4.0}
    run["snapshot"] = {**run["snapshot"], "hyperparameters": {"epochs": 3}, "budget": budget}
    plot = next(each for each in shown(run)["plots"] if each.title.startswith("Cost of training"))
    assert plot.title.endswith("the line is the budget of $4.00")
    assert [(each.name, each.amount, each.share) for each in plot.rows] == [
        ("After epoch 1", "$1.00", "25%"),
        ("After epoch 2", "$2.00", "50%"),
        ("After epoch 3", "$3.00", "75%"),
    ]
    assert [(each.width, each.mark) for each in plot.rows][-1] == (75.0, 100.0)
    assert plot.rows[0].text(8) == "██     │"


def test_tokens_are_drawn_as_reckoned_until_they_are_written() -> None:
    run = measured(flawed(), outputs={}, quality={"tokens": {"train": 900, "test": 100}})
    plot = next(each for each in shown(run)["plots"] if each.title.startswith("Tokens"))
    amounts = [("To train on", "900"), ("To test with", "100")]
    assert [(each.name, each.amount) for each in plot.rows] == amounts


def test_agreement_of_duplicates_is_a_number_of_the_card() -> None:
    report = labelled()
    report["labels"] = {**report["labels"], "agreement": 0.72}
    assert ("Same prompt, same label", "72%") in shown(measured(report))["facts"]


@pytest.mark.parametrize(
    ("held", "how"), [(0.48, "as well as"), (0.3, "less than"), (0.1, "far less than")]
)
def test_coverage_is_told_in_words(held: float, how: str) -> None:
    run = measured(flawed() | {"coverage": {"share": held, "usual": 0.5, "uncovered": 1}})
    told = shown(run)["coverage"]
    assert told.startswith(
        f"Training covers the test set {how} it covers itself: it has {held:.0%}"
    )
    assert told.endswith("1 test record has less than half of what is usual.")
    assert told in page(run).text("p")


def test_drift_is_told_in_a_sentence() -> None:
    run = measured(flawed() | {"drift": {"words": 0.4, "languages": 0.01}})
    sentence = (
        "Against the dataset of the current champion: words: different; languages: much alike."
    )
    assert shown(run)["drift_words"] == sentence
    assert sentence in page(run).text("p")


@pytest.mark.parametrize(
    ("rejected", "effective", "words"),
    [
        (5, 60, "60 of 65 records are valid; none repeats another."),
        (5, 58, "60 of 65 records are valid; without repetition they amount to 58."),
        (0, 58, "Without repetition it amounts to 58 of 60 records."),
        (0, 60, "None of its 60 records repeats another."),
    ],
)
def test_what_is_rejected_is_not_said_to_repeat(rejected: int, effective: int, words: str) -> None:
    quality = {"summary": {"records": 60}, "effective_records": effective, "findings": [{}]}
    run = measured(quality, records={"train": 60, "rejected": rejected}, findings=[])
    assert shown(run)["verdict"].endswith(words)


def test_one_of_a_kind_is_told_in_the_singular() -> None:
    one = histogram("prompts", [0, 0, 1])
    assert one is not None and one.description == "1 prompt of about 2 to 3 characters."


def test_confidential_data_stand_there_by_their_shape_alone() -> None:
    told = page(measured(flawed()))
    assert EMAIL not in told.html and PHONE not in told.html
    assert "aaaa.aaa@aaaaaaa.aaa" in told.text("li")
    assert "(999) 999-9999" in told.text("li")


def test_records_are_found_by_file_and_line() -> None:
    told = page(measured(flawed()))
    assert "october.jsonl, line 55 is october.jsonl, line 8" in told.text("li")
    assert "october.jsonl, lines 1, 51" in told.text("th")


def test_a_finding_of_both_reports_stands_there_once() -> None:
    quality = flawed()
    run = measured(quality, findings=quality["findings"], counts=quality["counts"])
    found = shown(run)
    assert found["findings"] == [] and found["counts"] == []
    assert len(found["quality_findings"]) == len(quality["findings"])


def test_labels_are_drawn_with_their_records_and_spellings() -> None:
    told = page(measured(labelled()))
    assert "delivery" in told.text("th")
    assert '"Billing" and "billing"' in told.text("li")


def test_lengths_are_pictures_with_title_and_description() -> None:
    told = page(measured(flawed()))
    pictures = [svg for svg in told.all("svg") if svg.get("role") == "img"]
    assert len(pictures) == 3
    ids = {attributes.get("id") for _, attributes in told.elements}
    assert {name for svg in pictures for name in (svg["aria-labelledby"] or "").split()} <= ids
    assert "56 completions of about" in told.text("desc")


def test_tables_of_amounts_have_headers_and_a_caption() -> None:
    told = page(measured(flawed(), redacted={"email": 4}))
    assert len(told.all("caption")) == len(told.all("table"))
    assert all({"scope"} <= set(cell) for cell in told.all("th"))
    assert "What placeholders stand for now" in told.text("caption")


def test_the_card_alone_is_a_whole_page() -> None:
    run = measured(flawed(), fit=True, errors=0, warnings=4)
    told = Page(render_card({**run, "name": "october.jsonl"}))
    assert "The dataset suits, with something to look at" in told.text("h1")
    assert told.headings == ["Dataset", "Lineage"]
    assert "What training costs" in told.text("h3")
    assert not told.all("script")


@pytest.mark.parametrize(
    ("dataset", "title"),
    [
        ({"fit": True, "errors": 0, "warnings": 0}, "The dataset suits"),
        ({"fit": False, "errors": 3, "warnings": 0}, "The dataset does not suit"),
    ],
)
def test_the_card_alone_says_its_verdict_first(dataset: dict[str, Any], title: str) -> None:
    assert Page(render_card(measured(flawed(), **dataset))).text("h1").endswith(title)


def test_without_measures_the_card_says_so() -> None:
    assert "was not measured" in page(records.succeeded()).text("main")


def test_a_note_on_the_base_model_is_shown() -> None:
    run = records.succeeded() | {"base_model_note": "Nova Micro retires on 1 May 2027."}
    assert "Nova Micro retires on 1 May 2027." in page(run).text("p")


def test_the_drift_against_the_champion_is_told_in_words() -> None:
    drift = {"prompt_lengths": 0.04, "words": 0.31}
    run = measured(flawed() | {"drift": drift})
    assert [row[2] for row in shown(run)["drift"]] == ["much alike", "different"]


def test_shares_are_never_rounded_to_nothing_or_all() -> None:
    assert [share(part, 1000) for part in (0, 1, 500, 999, 1000)] == [
        "0%", "< 1%", "50%", "> 99%", "100%",
    ]  # fmt: skip


def test_bars_are_drawn_as_text_in_half_cells() -> None:
    long, half, nothing = bars([("a", 10), ("b", 5), ("c", 0)])
    assert (long.text(4), half.text(4), nothing.text(4)) == ("████", "██", "")
    assert bars([("a", 1), ("b", 8)])[0].text(4) == "▌"


def test_lengths_run_from_the_shortest_to_the_longest_text() -> None:
    drawn = histogram("prompts", [0] * 12 + [5, 10, 0, 5] + [0] * 8)
    assert drawn is not None
    assert drawn.edges == ("64", "130", "260")
    assert [each.share for each in drawn.columns] == [0.5, 1.0, 0.0, 0.5]
    assert "half have fewer than 130" in drawn.description


@pytest.mark.parametrize("counts", [None, [], [0, 0], [7, 0]])
def test_texts_without_length_are_not_drawn(counts: list[int] | None) -> None:
    assert histogram("completions", counts) is None
