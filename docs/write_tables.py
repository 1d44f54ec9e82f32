"""Writes the tables of docs/ that come from the code: `python -m docs.write_tables`."""

import re
from collections.abc import Iterable
from pathlib import Path

from tunedrop.catalog import BaseModel, all_models
from tunedrop.dataset.rules import RULES

_DOCS = Path(__file__).parent


def tables() -> dict[Path, str]:
    """Each page that holds a written table, as it has to read."""
    return {
        _DOCS / "datasets.md": _filled(_DOCS / "datasets.md", rules_table()),
        _DOCS / "recipes.md": _filled(_DOCS / "recipes.md", models_table()),
    }


def rules_table() -> str:
    """Every rule of the validator."""
    rows = ((f"`{rule.code}`", rule.severity, rule.meaning, rule.hint) for rule in RULES.values())
    return _table(("code", "severity", "what it means", "what to do"), rows)


def models_table() -> str:
    """Every base model of the catalog: those that take jobs first."""
    models = sorted(all_models(), key=lambda model: not model.lifecycle.takes_jobs)
    rows = (
        (
            f"`{model.id}`",
            "yes" if model.lifecycle.takes_jobs else _retired(model),
            ", ".join(model.regions),
            f"`{each.dataset_format}`",
            "<br>".join(
                f"`{spec.name or f'bedrock.{spec.bedrock_key}'}` {spec.range}"
                for spec in each.hyperparameters
            ),
            ", ".join(_modes(model)),
        )
        for model in models
        for each in model.customizations
    )
    heads = ("id", "takes jobs", "Regions", "records as", "hyperparameters", "deployment modes")
    return _table(heads, rows)


def _retired(model: BaseModel) -> str:
    legacy, end = model.lifecycle.legacy_date, model.lifecycle.end_of_life_date
    dates = (f"legacy {legacy}" if legacy else "legacy", f"end of life {end}" if end else "")
    return "no: " + ", ".join(filter(None, dates))


def _modes(model: BaseModel) -> list[str]:
    offered = {"on_demand": model.serving.on_demand, "provisioned": model.serving.provisioned}
    return [f"`{mode}`" for mode, offers in {**offered, "none": True}.items() if offers]


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, cells))} |" for cells in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _filled(page: Path, table: str) -> str:
    """The page with its table between the two comments."""
    text = page.read_text(encoding="utf-8")
    between = re.compile(r"(<!-- .* written by .* -->\n).*?(<!-- end -->)", re.DOTALL)
    return between.sub(lambda found: f"{found[1]}\n{table}\n\n{found[2]}", text)


if __name__ == "__main__":
    for path, content in tables().items():
        path.write_text(content, encoding="utf-8")
