"""Writes the tables of docs/ that come from the code: `python -m docs.write_tables`."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tunedrop.catalog import BaseModel, all_models, catalog, wording
from tunedrop.catalog.models import Customization
from tunedrop.dataset.handling import recipe_key
from tunedrop.dataset.rules import RULES
from tunedrop.quality.rules import QUALITY_RULES

_DOCS = Path(__file__).parent


def tables() -> dict[Path, str]:
    """Each page that holds a written table, as it has to read."""
    return {
        page: _filled(page, written)
        for page, written in (
            (_DOCS / "datasets.md", {"rules": rules(), "quality rules": quality_rules()}),
            (_DOCS / "recipes.md", {"base models": models_to_choose()}),
            (_DOCS / "models.md", {"base models": models()}),
        )
    }


def rules() -> str:
    """Every rule of the validator."""
    rows = ((f"`{rule.code}`", rule.severity, rule.meaning, rule.hint) for rule in RULES.values())
    return _table(("code", "severity", "what it means", "what to do"), rows)


def quality_rules() -> str:
    """Every rule of the quality checks, with the key of `data` that decides."""
    rows = (
        (f"`{rule.code}`", f"`{key}`" if key else "", rule.meaning, rule.hint)
        for rule in QUALITY_RULES.values()
        for key in (recipe_key(rule.code),)
    )
    return _table(("code", "key of `data`", "what it means", "what to do"), rows)


def models_to_choose() -> str:
    """The base models that take jobs and whose runs are served, as a recipe names them."""
    rows = (
        (
            f"`{model.id}`",
            ", ".join(f"`{method}`" for method in how.methods),
            ", ".join(model.regions),
            f"`{how.dataset_format}`",
            "<br>".join(f"`{name}` {values}" for name, values, _ in wording.hyperparameters(how)),
            ", ".join(f"`{mode}`" for mode in _modes(model)),
        )
        for model in all_models()
        for how in model.customizations
        if model.lifecycle.takes_jobs and how.served
    )
    heads = ("id", "methods", "Regions", "records as", "hyperparameters", "deployment modes")
    return _table(heads, rows)


def models() -> str:
    """Every base model: those that take jobs, the retired ones, then each in detail."""
    every = all_models()
    active = [model for model in every if model.lifecycle.takes_jobs]
    retired = [model for model in every if not model.lifecycle.takes_jobs]
    parts = [
        f"Facts as of {catalog().facts_as_of}.",
        *wording.nobody_offers(),
        *wording.nobody_serves(),
        "## Active",
        _overview(active),
        "## Retired",
        _overview(retired),
        *(part for model in every for part in _details(model)),
    ]
    return "\n\n".join(parts)


def _overview(models: Iterable[BaseModel]) -> str:
    rows = (
        (
            f"[{model.name}](#{_anchor(model)})",
            f"`{model.id}`",
            wording.dates(model),
            ", ".join(model.regions),
            wording.methods(how),
            f"`{how.dataset_format}`",
            wording.training_price(how),
            "; ".join(wording.modes(model)) or "none",
        )
        for model in models
        for how in model.customizations
    )
    heads = ("model", "id", "until", "Regions", "methods", "records as", "training", "served")
    return _table(heads, rows)


def _details(model: BaseModel) -> Iterable[str]:
    yield f"## {model.name}"
    yield f"`{model.id}`, by {model.provider}."
    yield _table(("", ""), _spelt_out(wording.about(model)))
    for how in model.customizations:
        yield f"`{how.customization_type}`:"
        yield _table(("", ""), _spelt_out(wording.takes(how)))
        yield _hyperparameters(how)
    yield "Sources:"
    yield "\n".join(_sources(model))


def _hyperparameters(how: Customization) -> str:
    rows = ((f"`{name}`", *rest) for name, *rest in wording.hyperparameters(how))
    return _table(("hyperparameter", "values", ""), rows)


def _sources(model: BaseModel) -> Iterable[str]:
    for fact in model.facts:
        source = f"<{fact.source}>" if fact.source.startswith("https:") else fact.source
        note = f". {fact.note}" if fact.note else ""
        yield f"- {fact.about.replace('_', ' ')}: {source} ({fact.as_of}){note}"


def _spelt_out(rows: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Angle brackets as characters: they are reserved strings, not tags."""
    return ((label, text.replace("<", "&lt;")) for label, text in rows)


def _anchor(model: BaseModel) -> str:
    """The anchor that Markdown gives the model's heading."""
    kept = (each for each in model.name.lower() if each.isalnum() or each in " -")
    return "".join(kept).replace(" ", "-")


def _modes(model: BaseModel) -> list[str]:
    offered = {"on_demand": model.serving.on_demand, "provisioned": model.serving.provisioned}
    return [mode for mode, offers in {**offered, "none": True}.items() if offers]


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, cells))} |" for cells in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _filled(page: Path, written: Mapping[str, str]) -> str:
    """The page with its tables, each between the comment that names it and the next one."""
    text = page.read_text(encoding="utf-8")
    between = re.compile(r"(<!-- ([a-z ]+): written by [^\n]* -->\n).*?(<!-- end -->)", re.DOTALL)
    return between.sub(lambda found: f"{found[1]}\n{written[found[2]]}\n\n{found[3]}", text)


if __name__ == "__main__":
    for path, content in tables().items():
        path.write_text(content, encoding="utf-8")
