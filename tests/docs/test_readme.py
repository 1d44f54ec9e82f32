"""The README against the code: every command, name, price and quota in it."""

import json
import os
import re
import shlex
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from stacks.config import StageConfig
from tests.docs import aws_cli
from tests.docs.markdown import PAGES, README, ROOT, anchor, blocks, headings, links, prose, rows
from tests.docs.readme import (
    DEPLOYED_CLOUD,
    EMPTY_CLOUD,
    Command,
    readme_commands,
    readme_script,
    runbook_commands,
)
from tunedrop.catalog import account_quotas, base_model
from tunedrop.cli.main import main, parser
from tunedrop.cost import training_cost
from tunedrop.dataset.formats import detect
from tunedrop.dataset.lines import local_file
from tunedrop.dataset.validation import validate
from tunedrop.recipe import load

TEXT = README.read_text(encoding="utf-8")
COMMANDS = readme_commands()
# What carries each out is beside it: here, or the embedded cloud running the whole script.
COVERED_BY = {
    "make": "test_make_command_is_known_to_the_makefile",
    "aws": "readme_script(DEPLOYED_CLOUD)",
    "tunedrop": "readme_script(DEPLOYED_CLOUD)",
    "python": "readme_script(DEPLOYED_CLOUD)",
    "cat": "readme_script(DEPLOYED_CLOUD)",
    "cdk": "readme_script(EMPTY_CLOUD)",
}


def of(program: str) -> list[Command]:
    return [command for command in (*COMMANDS, *runbook_commands()) if command.program == program]


def named(command: Command) -> str:
    return command.text.splitlines()[0][:60]


def tables(number_of_cells: int) -> list[tuple[str, ...]]:
    return [cells for cells in rows(README) if len(cells) == number_of_cells]


@pytest.mark.parametrize("command", COMMANDS, ids=named)
def test_every_command_is_run_by_something(command: Command) -> None:
    is_setting = re.match(r"export |[A-Z]+=\S+$", command.text)
    assert is_setting or command.program in COVERED_BY
    if command.program != "make":
        script = readme_script(DEPLOYED_CLOUD) + readme_script(EMPTY_CLOUD)
        assert command.text in script


def test_headings_of_the_scripts_are_in_the_readme() -> None:
    assert {*DEPLOYED_CLOUD, *EMPTY_CLOUD} <= set(headings(README))


def test_scripts_are_understood_by_bash() -> None:
    for section in (DEPLOYED_CLOUD, EMPTY_CLOUD):
        checked = subprocess.run(
            ["bash", "-n"], check=False, input=readme_script(section), text=True
        )
        assert checked.returncode == 0


@pytest.mark.parametrize("command", of("make"), ids=named)
def test_make_command_is_known_to_the_makefile(command: Command) -> None:
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    dry = subprocess.run(
        ["make", "--dry-run", *command.words[1:]],
        cwd=ROOT,
        check=False,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert dry.returncode == 0, dry.stderr


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`?make ([a-z]+)\b", TEXT))))
def test_make_target_that_the_text_names_is_in_the_makefile(target: str) -> None:
    declared = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert declared and target in declared[1].split()


@pytest.mark.parametrize("command", of("aws"), ids=named)
def test_aws_command_names_an_operation_and_its_options(command: Command) -> None:
    assert list(aws_cli.faults(command.words)) == []


def test_an_unknown_aws_option_is_seen() -> None:
    words = ["aws", "ssm", "get-parameter", "--nam", "x"]
    assert list(aws_cli.faults(words)) == ["get-parameter has no option --nam"]


@pytest.mark.parametrize("command", of("tunedrop"), ids=named)
def test_tunedrop_command_is_understood(command: Command) -> None:
    parser().parse_args(command.words[1:])


def test_every_command_of_the_command_line_is_in_the_readme_and_no_other() -> None:
    described = {cells[0].strip("`").split()[1] for cells in tables(2) if "`tunedrop" in cells[0]}
    subparsers = [each for each in parser()._actions if isinstance(each.choices, dict)]
    assert described == set(subparsers[0].choices)


def test_dataset_examples_are_in_the_formats_that_the_service_reads() -> None:
    lines = [line for block in blocks(README) if block.language == "json" for line in block.lines]
    assert {detect(json.loads(line)) for line in lines} == {
        "prompt-completion",
        "openai-chat",
        "anthropic-messages",
        "bedrock-conversation-2024",
    }


def test_recipe_example_is_a_recipe() -> None:
    example = next(block for block in blocks(README) if block.language == "yaml")
    assert load(example.text).name == "support-summaries"


def test_transcript_names_states_of_the_workflow() -> None:
    transcript = next(block for block in blocks(README) if "emulation of AWS:" in block.text)
    definition = (ROOT / "statemachines" / "fine_tuning.asl.json").read_text(encoding="utf-8")
    shown = re.findall(r"^  ([A-Z]\w+) \.*\s*[\d.]+ s$", transcript.text, re.MULTILINE)
    assert shown[0] == "PrepareRun"
    assert shown[-1] == "RunSucceeded"
    assert set(shown) <= set(json.loads(definition)["States"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, fragment = link.partition("#")
        if path.startswith("https://"):
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not fragment or fragment in map(anchor, headings(target)), link


def test_findings_are_shown_as_the_command_line_shows_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    [block] = [each for each in blocks(README) if "tunedrop check tests/data" in each.text]
    command, *shown, status = [line for line in block.lines if line != "..."]
    words = shlex.split(command.removeprefix("$ tunedrop ").partition(" ||")[0])
    monkeypatch.chdir(ROOT)
    assert status == f"exit status {main(words)}"
    printed = iter(capsys.readouterr().out.splitlines())
    assert [line for line in shown if line not in printed] == []


def test_every_key_of_a_stage_is_named() -> None:
    text = " ".join(prose(README))
    assert {f.name for f in fields(StageConfig) if f"`{f.name}`" not in text} == {"stage"}


def test_quotas_are_those_of_the_catalog() -> None:
    known = {each.code: each for each in vars_of_quotas()}
    for _, quota, default in (cells for cells in tables(3) if "`L-" in cells[1]):
        for code in re.findall(r"`(L-[0-9A-F]+)`", quota):
            if code in known:
                assert default.strip("*") == str(known[code].default), code
            else:
                assert code in (ROOT / "tunedrop/catalog/models.json").read_text(), code


def test_prices_are_those_of_the_catalog() -> None:
    models = {
        "Nova Micro": base_model("amazon.nova-micro-v1:0:128k"),
        "Nova Lite": base_model("amazon.nova-lite-v1:0:300k"),
    }
    found = {cells[0]: cells[1:] for cells in tables(4) if cells[0] in models}
    assert found.keys() == models.keys()
    for name, (training, storage, hourly) in found.items():
        prices = models[name].prices
        assert training == dollars(models[name].customizations[0].training_price.usd)
        assert storage == dollars(prices.storage_usd_per_month)
        without = prices.model_unit_usd_per_hour["none"]
        assert hourly == dollars(without) + (" without commitment" if without else "")


def test_cost_of_the_sample_is_as_told() -> None:
    recipe = load((ROOT / "recipes/support-summaries.yaml").read_text(), "support-summaries")
    report = validate({"train": [local_file(ROOT / "samples/support-summaries.jsonl")]}, recipe)
    assert round(report.training_tokens, -3) == 24_000
    assert training_cost(recipe, report.training_tokens).usd == pytest.approx(0.07, abs=0.005)
    assert "about 24,000 tokens times three epochs: seven cents" in " ".join(prose(README))


def vars_of_quotas() -> list[object]:
    quotas = account_quotas()
    return [getattr(quotas, name) for name in quotas.__struct_fields__]


def dollars(price: float | None) -> str:
    return "unknown" if price is None else f"${price:g}"
