"""The report page: whole for every outcome, well formed, and deaf to hostile text."""

import ast
import json
import shlex
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
import report_records as records

from tunedrop.report.evaluation import evaluation
from tunedrop.report.page import render
from tunedrop.report.sentences import outcomes

VOID = {"meta", "link", "br", "rect", "path", "line", "circle"}
OUTCOMES = [words.outcome for words in outcomes()]


class Page(HTMLParser):
    """The structure of a page; open and close tags must match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.path: list[str] = []
        self.feed(html)
        self.close()
        assert self.path == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.path.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.path.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((tuple(self.path), data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def text(self, tag: str) -> str:
        return "".join(text for path, text in self.texts if tag in path)

    @property
    def headings(self) -> list[str]:
        return [text for path, text in self.texts if path[-1:] == ("h2",)]


def page(run: dict[str, Any]) -> Page:
    return Page(render(run))


def test_a_full_record_shows_every_section() -> None:
    shown = page(records.succeeded())
    assert shown.headings == [
        "What next",
        "Call the model",
        "Evaluation",
        "Training",
        "Dataset",
        "Deployment",
        "Cost",
        "What happened when",
        "Lineage",
    ]
    assert [link["href"] for link in shown.all("a")[1:9]] == [
        f"#{section['aria-labelledby']}" for section in shown.all("section")[1:]
    ]


@pytest.mark.parametrize("outcome", [*OUTCOMES, None, "SomethingNew"])
@pytest.mark.parametrize("record", [records.minimal, records.started])
def test_every_outcome_has_a_page_however_little_is_known(outcome: str | None, record: Any) -> None:
    shown = page(record(outcome))
    assert shown.text("h1").strip()
    assert f"Outcome: {outcome or 'none yet'}" in shown.text("header")
    assert records.RUN_ID in shown.text("main")


@pytest.mark.parametrize(
    "section",
    [
        "snapshot",
        "timeline",
        "dataset",
        "cost",
        "job",
        "losses",
        "deployment",
        "evaluation",
        "promotion",
        "source",
    ],
)
def test_any_section_may_be_missing_or_empty(section: str) -> None:
    whole = records.succeeded()
    without = {name: value for name, value in whole.items() if name != section}
    for run in (without, whole | {section: {}}, whole | {section: None}):
        assert page(run).text("h1").endswith("The custom model is in service")


def test_an_empty_record_is_still_a_page() -> None:
    assert "The run is under way" in page({}).text("h1")


def hostile(value: Any) -> Any:
    """The same record with every text replaced by an attack."""
    if isinstance(value, dict):
        return {name: hostile(each) for name, each in value.items()}
    if isinstance(value, list):
        return [hostile(each) for each in value]
    return (
        f"\"><script>alert(1)</script><img src=x onerror=alert(2)>{{{{ 7*7 }}}}'</style>{value}"
        if isinstance(value, str)
        else value
    )


def test_hostile_texts_stay_texts() -> None:
    attacked = hostile(records.succeeded())
    kept = records.succeeded()
    attacked |= {name: kept[name] for name in ("outcome", "timeline", "started_at", "ended_at")}
    shown = page(attacked)
    assert not shown.all("script") and not shown.all("img")
    assert not [name for _, attributes in shown.elements for name in attributes if name[:2] == "on"]
    assert "<script>alert(1)</script>" in shown.text("dd")
    assert "{{ 7*7 }}" in shown.text("dd")
    assert len(shown.elements) == len(page(kept).elements)


def test_nothing_is_loaded_from_elsewhere_and_no_script_may_run() -> None:
    shown = page(records.succeeded())
    addresses = [
        value or ""
        for _, attributes in shown.elements
        for name, value in attributes.items()
        if name in {"src", "href", "action", "data"}
    ]
    assert all(address.startswith(("#", "data:")) for address in addresses)
    assert "url(" not in shown.text("style") and "@import" not in shown.text("style")
    policy = next(meta["content"] for meta in shown.all("meta") if "http-equiv" in meta)
    assert policy and policy.startswith("default-src 'none'") and "unsafe" not in policy


def test_screen_readers_find_their_way() -> None:
    shown = page(records.succeeded())
    ids = [attributes["id"] for _, attributes in shown.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [attributes["aria-labelledby"] or "" for attributes in shown.all("section")]
    assert set(" ".join(named).split()) <= set(ids)
    assert [len(shown.all(landmark)) for landmark in ("header", "main", "footer", "h1")] == [1] * 4
    assert all({"scope"} <= set(cell) for cell in shown.all("th"))
    assert len(shown.all("caption")) == len(shown.all("table")) == 4
    assert all("aria-hidden" in svg or svg.get("role") == "img" for svg in shown.all("svg"))
    assert "Training loss fell from" in shown.text("desc")
    assert shown.all("html") == [{"lang": "en"}]


def test_the_page_is_small() -> None:
    assert len(render(records.succeeded()).encode()) < 40_000


def test_the_outcome_is_told_in_words_and_colour() -> None:
    shown = page(records.rejected())
    assert shown.all("body") == [{"class": "bad"}]
    assert "The dataset was rejected" in shown.text("h1")
    assert "Line 14: the last turn has role" in shown.text("header")


def test_findings_say_where_what_and_the_way_out() -> None:
    body = page(records.rejected()).text("tbody")
    for part in ("october.jsonl", "line 14", "messages[3].role", "Add the answer", "last-turn"):
        assert part in body
    assert "The first 4 of 41 findings" in page(records.rejected()).text("caption")


def test_findings_without_line_or_field_are_shown_too() -> None:
    run = records.rejected()
    run["dataset"]["findings"] = [{"code": "empty", "message": "The file is empty."}]
    assert "The file is empty." in page(run).text("tbody")


def test_the_next_step_names_command_and_runbook_heading() -> None:
    shown = page(records.rejected())
    assert "tunedrop check october.jsonl --recipe support-summaries" in shown.text("code")
    assert 'docs/operating.md, heading "DatasetRejected"' in shown.text("main")


def test_a_next_step_of_the_record_goes_first() -> None:
    shown = page(records.rejected() | {"next_step": "tunedrop rerun that-run"})
    assert "tunedrop rerun that-run" in shown.text("code")
    assert "tunedrop check" not in shown.text("main")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"clean_up": {"still_billing": ["provisioned-model/b1"]}},
            "Still billing: provisioned-model",
        ),
        ({"clean_up": {"still_billing": [], "taken_down": ["a job"]}}, "Still billing: nothing"),
        ({"clean_up": {}}, "Still billing: unknown: clean-up left no record"),
        ({"clean_up": {}, "job": {}}, "Still billing: nothing"),
    ],
)
def test_what_still_bills_is_said_or_said_to_be_unknown(
    changes: dict[str, Any], words: str
) -> None:
    run = records.service_failed() | {"cause": "EvaluateModel failed."} | changes
    assert words in page(run).text("main")


def test_unknown_prices_are_said_to_be_unknown() -> None:
    run = records.succeeded()
    run["cost"] = {"training_usd_estimate": None, "why": "The catalog knows no price."}
    run["deployment"] = {"mode": "provisioned"}
    cost = page(run).text("dd")
    assert "unknown. The catalog knows no price." in cost


def test_each_thing_that_cost_is_told_with_its_price_and_source() -> None:
    shown = page(records.succeeded())
    assert "at least $0.8247, as of 22 Nov 2026, 12:41:09 UTC" in shown.text("dd")
    assert (
        "$0.8247: 824,700 tokens at 0.001 USD per 1,000 tokens (price: the recipe); about 412,345 "
        "tokens, 2 epochs." in shown.text("dd")
    )
    assert "unknown: goes on." in shown.text("dd")


def test_refusals_before_a_job_cost_nothing() -> None:
    assert "$0: no customization job was started" in page(records.rejected()).text("dd")


def test_the_call_can_be_pasted() -> None:
    code = page(records.succeeded()).text("pre")
    python, shell = code.split("MODEL=", 1)
    compile(python, "report", "exec")
    assert 'Name="/tunedrop/dev/support-summaries/model"' in python
    assert "--name /tunedrop/dev/support-summaries/model" in shell
    assert 'region_name="us-east-1"' in python


HARD_TO_QUOTE = 'Answer with the team\'s name.\n"Nothing" else: $(rm -r /) & <br> \\ é'


def test_the_call_sends_the_system_prompt_of_the_training_whatever_is_in_it() -> None:
    shown = page(records.succeeded() | {"system_prompt": HARD_TO_QUOTE})
    python, shell = shown.text("pre").split("MODEL=", 1)
    arguments = {each.arg: each.value for each in calls_of(python, "converse")[0].keywords}
    assert ast.literal_eval(arguments["system"]) == [{"text": HARD_TO_QUOTE}]
    words = shlex.split(shell)
    assert json.loads(words[words.index("--system") + 1]) == [{"text": HARD_TO_QUOTE}]


def calls_of(code: str, name: str) -> list[ast.Call]:
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    return [each for each in calls if getattr(each.func, "attr", "") == name]


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("Be brief.", "is that of its training"),
        ("", "so none is sent"),
        (None, "Send the system prompt of its training"),
    ],
)
def test_the_call_says_what_is_known_of_the_system_prompt(prompt: str | None, words: str) -> None:
    shown = page(records.succeeded() | {"system_prompt": prompt})
    assert words in shown.text("p")
    assert ("--system" in shown.text("pre")) == bool(prompt)


def test_the_result_stands_in_one_line_at_the_top() -> None:
    headline = "rouge_l +0.124 (95% interval +0.097 to +0.151) against the base model"
    assert headline in page(records.succeeded()).text("header")
    for words in ("cost at least $0.82", "$60.50 an hour in service", "2 h 41 min from start"):
        assert words in page(records.succeeded()).text("header")
    assert "95% interval" not in page(records.rejected()).text("header")


def test_unknown_costs_are_unknown_in_the_result_too() -> None:
    run = records.succeeded() | {"cost": {"training_usd_estimate": None}}
    run["deployment"] = {"mode": "provisioned", "hourly_usd": None}
    header = page(run).text("header")
    assert "cost unknown" in header and "price per hour unknown" in header


@pytest.mark.parametrize(
    ("actual", "words"),
    [
        ({"usd": 2.5, "is_complete": True}, "cost $2.50"),
        ({"usd": 2.5, "is_complete": False}, "cost at least $2.50"),
        ({"usd": 0, "is_complete": False}, "cost unknown"),
        ({"usd": 0, "is_complete": True}, "cost $0.00"),
    ],
)
def test_the_result_tells_what_the_run_cost(actual: dict[str, Any], words: str) -> None:
    run = records.succeeded()
    run["cost"] = {**run["cost"], "actual": actual}
    assert f" · {words} · " in page(run).text("header")


def test_gains_and_losses_stand_side_by_side() -> None:
    run = records.succeeded()
    texts = {"prompt": "p", "reference": "r", "base": "b", "custom": "c"}
    gains = (0.9, 0.5, 0.1, 0.05, -0.2, -0.4)
    run["evaluation"]["examples"] = [{**texts, "gain": gain} for gain in gains]
    shown = page(run)
    assert "Largest gains" in shown.text("h3") and "Largest losses" in shown.text("h3")
    assert "rouge_l +0.900" in shown.text("h4") and "rouge_l -0.400" in shown.text("h4")


@pytest.mark.parametrize(
    ("gains", "titles"),
    [
        ((0.9, 0.8, 0.7, 0.6), ["Largest gains", "Smallest gains"]),
        ((-0.1, -0.2, -0.3, -0.4), ["Smallest losses", "Largest losses"]),
        ((0.9,), ["Largest gains"]),
    ],
)
def test_sides_are_named_after_what_they_hold(gains: tuple[float, ...], titles: list[str]) -> None:
    examples = [{"prompt": "p", "gain": gain} for gain in gains]
    shown = evaluation({"evaluation": {"metrics": {}, "examples": examples}})
    assert shown is not None
    assert [side["title"] for side in shown["examples"]] == titles


def test_a_commitment_is_told_with_what_it_was_tested_on_and_who_decided() -> None:
    run = records.succeeded()
    run["trial"] = {"mode": "on_demand", "name": "run-1"}
    until = {"commitment": "1 month", "committed_until": "2026-12-22T12:41:00Z"}
    run["deployment"] |= until
    answer = {"approved": True, "answered_by": "arn:aws:iam::1:user/ann"}
    run["commitment_approval"] = answer | {"answered_at": "2026-11-22T12:00:00Z"}
    run["approval"] = {"asked_at": "2026-11-22T11:53:00Z"}
    told = page(run).text("dd")
    for words in (
        "on demand: run-1",
        "1 month",
        "22 Dec 2026, 12:41:00 UTC; it bills",
        "Approved by arn:aws:iam::1:user/ann",
        "nobody has answered",
    ):
        assert words in told


def test_who_said_yes_to_less_money_before_is_told_too() -> None:
    answer = {"approved": True, "answered_by": "arn:aws:iam::1:user/ann"}
    answer |= {"answered_at": "2026-11-22T12:00:00Z"}
    approval = {"asked_at": "2026-11-22T13:00:00Z", "before": [answer]}
    told = page(records.succeeded() | {"approval": approval}).text("dd")
    assert "Approved by arn:aws:iam::1:user/ann" in told
    assert "nobody has answered" in told


@pytest.mark.parametrize("outcome", ["DatasetRejected", "ModelRejected", "ServiceFailed", None])
def test_no_call_is_offered_where_nothing_was_put_in_service(outcome: str | None) -> None:
    assert not page(records.succeeded() | {"outcome": outcome}).all("pre")


def test_a_recipe_without_deployment_ends_with_a_trained_model() -> None:
    run = records.succeeded() | {"promotion": None, "deployment": None}
    run["snapshot"] = run["snapshot"] | {"deployment": {"mode": "none"}}
    shown = page(run)
    assert "The custom model is trained" in shown.text("h1")
    assert not shown.all("pre")


def test_lineage_names_versions_checksums_and_arns() -> None:
    run = records.succeeded()
    lineage = page(run).text("dd")
    for value in (
        run["source"]["version_id"],
        run["dataset"]["files"][0]["sha256"],
        run["job"]["arn"],
        run["job"]["custom_model_arn"],
        run["promotion"]["replaced_run_id"],
    ):
        assert value in lineage


def test_a_diverged_curve_is_marked() -> None:
    run = records.succeeded()
    run["losses"] = {"training": [[1, 1, 2.5], [2, 1, 3.0], [3, 1, None]], "validation": []}
    shown = page(run)
    assert {"class": "diverged", "d": "M1000.0 0V300"} in shown.all("path")
    assert "then it was no number any more" in shown.text("desc")


def test_numbers_of_the_database_are_numbers() -> None:
    run = records.succeeded()
    run["evaluation"]["metrics"]["rouge_l"]["custom"] = Decimal("0.5")
    run["losses"]["validation"] = [[Decimal(1), Decimal(1), Decimal("2.5")]]
    run["dataset"]["tokens"] = Decimal(1234)
    assert "1,234" in page(run).text("dd")


def test_what_was_left_out_of_the_test_is_said() -> None:
    run = records.succeeded()
    run["evaluation"]["asked"] = "All 98 test records were asked. 2 records left out."
    assert "2 records left out" in page(run).text("p")


def test_what_was_forgotten_is_shown_with_what_may_be() -> None:
    run = records.succeeded()
    run["evaluation"]["general"] = {
        "records": 500, "custom": 0.5, "base": 0.51, "allowed_loss": 0.02,
        "gain": -0.01, "low": -0.015, "high": -0.005,
    }  # fmt: skip
    shown = page(run)
    assert "-0.010 (-0.015 to -0.005)" in shown.text("dd")
    assert "was anything forgotten?" in shown.text("h3")


def test_a_confusion_matrix_marks_what_is_right() -> None:
    run = records.succeeded()
    run["evaluation"]["confusion"] = {
        "labels": ["billing", "delivery"],
        "given": ["billing", "delivery", "(another answer)"],
        "counts": [[41, 7, 1], [3, 39, 0]],
    }
    shown = page(run)
    assert "(another answer)" in shown.text("th")
    assert "41" in shown.text("strong")
    assert "39" in shown.text("strong")
    assert "7" not in shown.text("strong").split()
