"""`tunedrop prepare`: writes on this machine what a run would train and test with."""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tunedrop import __version__
from tunedrop.cli import check, quality
from tunedrop.cli.columns import table
from tunedrop.cli.given import Given, RequestRefusedError, given
from tunedrop.cli.media import copied_media, media_of
from tunedrop.cli.output_folder import OutputFolder
from tunedrop.cli.progress import ProgressBar
from tunedrop.cli.recipes import find_recipe
from tunedrop.cli.terminal import wrapped
from tunedrop.cli.verdict import estimates, show, show_labelled, show_refusal
from tunedrop.dataset.handling import redacted_kinds
from tunedrop.dataset.outputs import PreparedFile
from tunedrop.dataset.preparation import REJECTED, PreparedDataset, prepare
from tunedrop.dataset.report import ValidationReport, counted
from tunedrop.dataset.validation import SIDES, validate
from tunedrop.errors import DatasetRejectedError
from tunedrop.layout import DATASET_SUFFIX, RUN_REQUEST_SUFFIX
from tunedrop.recipe import Recipe
from tunedrop.report.sides import MOVED

if TYPE_CHECKING:
    from tunedrop.quality.curation import Curation

_HEADS = ("records", "bytes", "tokens")
_SHOWN_DIGEST = 16


def run(options: argparse.Namespace) -> int:
    """0: written; 1: the dataset is not fit, and nothing was written."""
    recipe = find_recipe(options.recipe, options.stage)
    try:
        found = given(options.file)
        recipe = check.planned(found, recipe)
        found.check_complete()
        if _is_written(found, recipe, Path(options.out or f"{_stem(found)}.prepared")):
            return 0
    except RequestRefusedError as error:
        show_refusal(error)
    except DatasetRejectedError as error:
        print(wrapped(str(error)))
    print("Nothing was written.")
    return 1


def _stem(found: Given) -> str:
    """The name of what was given, without its suffix."""
    name = found.file or Path(found.place.uri).resolve().name
    return name.removesuffix(RUN_REQUEST_SUFFIX).removesuffix(DATASET_SUFFIX)


def _is_written(found: Given, recipe: Recipe, out: Path) -> bool:
    """False where the dataset is not fit, which is shown."""
    curation = quality.curation_of(recipe)
    with OutputFolder(out) as folder:
        with ProgressBar(_passes(recipe) * found.bytes) as bar:
            report, prepared = _prepared(found, recipe, bar, curation, folder)
        if prepared is None:
            quality.show_quality(quality.record_of(report, recipe, curation, found.name))
            show(quality.without_quality(report, curation), recipe, found)
            return False
        left_out = _reasons(folder.path / prepared.rejected.name)
        folder.finish(_account(report, recipe, prepared, curation))
    print(f"Prepared for {recipe.base_model} ({recipe.name}) in {out}:\n")
    _show_files([getattr(prepared, name) for name in (*SIDES, REJECTED)])
    show_labelled(_facts(recipe, prepared, left_out, curation.moved))
    show_labelled(estimates(recipe, prepared.training_tokens, prepared.train.records))
    return True


def _passes(recipe: Recipe) -> int:
    """How often the files are read: to judge them, to learn what is redacted, and to write."""
    return 3 if redacted_kinds(recipe.data) else 2


def _prepared(
    found: Given, recipe: Recipe, bar: ProgressBar, curation: "Curation", folder: OutputFolder
) -> tuple[ValidationReport, PreparedDataset | None]:
    """What ValidateDataset and UploadDataset do; None where the dataset is not fit."""
    sources = bar.watched(found.sources)
    with media_of(found, recipe, in_s3=False) as media:
        report = validate(sources, recipe, media=media, curator=curation)
    if not report.fit:
        return report, None
    folder.write("report.json", report.to_json().encode())
    with copied_media(found, recipe, media, folder.path) as plan:
        decisions = curation.decisions
        return report, prepare(
            sources, recipe, report, folder.open, media=plan, decisions=decisions
        )


def _reasons(rejected: Path) -> Counter[str]:
    """Why records are in none of the sets: how many for each reason."""
    if not rejected.exists():
        return Counter()
    with rejected.open("rb") as file:
        accounts: Iterator[Any] = map(msgspec.json.decode, file)
        return Counter(
            code for each in accounts for code in {one["code"] for one in each["reasons"]}
        )


def _account(
    report: ValidationReport, recipe: Recipe, prepared: PreparedDataset, curation: "Curation"
) -> dict[str, Any]:
    """What a run's record keeps, so that the files can be written again."""
    return {
        "tool_version": __version__,
        "recipe": recipe,
        "sources": report.files,
        "seed": prepared.seed,
        "outputs": {name: getattr(prepared, name) for name in (*SIDES, REJECTED)},
        "redacted": prepared.redacted,
        "moved": curation.moved,
    }


def _show_files(files: Sequence[PreparedFile]) -> None:
    amounts = [(each.records, each.bytes, each.tokens) for each in files]
    widest = [len(f"{max(column):,}") for column in zip(*amounts, strict=True)]
    heads = [f"{name:>{width}}" for name, width in zip(_HEADS, widest, strict=True)]
    rows = [
        (each.name, *_right(row, heads), each.sha256[:_SHOWN_DIGEST])
        for each, row in zip(files, amounts, strict=True)
        if each.records
    ]
    for line in table(("", *heads, "SHA-256"), rows):
        print(line)
    print()


def _right(amounts: Sequence[int], heads: Sequence[str]) -> list[str]:
    return [
        f"{each:,}".rjust(len(head)) if each else ""
        for each, head in zip(amounts, heads, strict=True)
    ]


def _facts(
    recipe: Recipe, prepared: PreparedDataset, left_out: Counter[str], moved: int
) -> list[tuple[str, str]]:
    known = (
        "a run holds the test records against what the champion was trained on, too, which only "
        "the service knows"
    )
    return [
        ("Left out", _listed(left_out)),
        ("Redacted", _listed(prepared.redacted)),
        ("Moved", f"{counted(moved, 'record')} {MOVED}" * bool(moved)),
        ("Seed", prepared.seed),
        ("Note", known if recipe.evaluation.beat else ""),
    ]


def _listed(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{count:,} {name}" for name, count in ordered)
