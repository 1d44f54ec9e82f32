"""report.html: one self-contained page about a run, for every outcome."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from tunedrop.report.reading import Record
from tunedrop.report.view import card_view, view

_HERE = Path(__file__).parent


def render(run: Record) -> str:
    """The page of a run record; any section of the record may be missing.

    Example answers are shown if `evaluation.examples` was added to the record, the data card in
    full if the quality report stands at `quality`. Everything in the record is escaped: datasets
    are written by strangers.
    """
    return _template("page.html").render(view(run))


def render_card(run: Record) -> str:
    """The data card alone, of a record that has only the sections about its dataset."""
    return _template("card.html").render(card_view(run))


def render_bare(run_id: str, outcome: str, cause: str) -> str:
    """How a run ended, and nothing else: for records that the page cannot show."""
    return _template("bare.html").render(run_id=run_id, outcome=outcome, cause=cause, tone="")


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    # The style sheet is our own file; the browser runs no script and no style but this one.
    environment.globals.update(style=Markup(style), style_hash=digest)  # noqa: S704
    return environment.get_template(name)
