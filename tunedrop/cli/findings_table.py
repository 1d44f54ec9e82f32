"""The findings of a validation as people read them: by rule, errors first."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from tunedrop.cli.excerpts import Place
from tunedrop.cli.terminal import coloured, wrapped
from tunedrop.dataset.findings import Finding
from tunedrop.dataset.report import ValidationReport
from tunedrop.dataset.rules import RULES

_SHOWN = 3
_LINES = 5
_INDENT = " " * 9
_DEEPER = _INDENT + "    "

Pieces = Mapping[Place, str]


def findings_table(
    report: ValidationReport, excerpts: Callable[[Sequence[Finding]], Pieces]
) -> Iterator[str]:
    """The lines to print; each rule with its count, its first findings and its hint.

    `excerpts` gives pieces of the records, {} where none may be shown.
    """
    groups = _by_rule(report)
    pieces = excerpts([each for found in groups.values() for each in found[:_SHOWN]])
    width = max(map(len, groups), default=0)
    if groups:
        yield coloured(f"{_INDENT}{'rule':{width}}  {'found':>7}", "dim")
    for code, found in groups.items():
        yield from _group(code, found, report.counts[code], width, pieces)


def _by_rule(report: ValidationReport) -> dict[str, list[Finding]]:
    """Errors first, then in the order of the file; rules met beyond the cap have no findings."""
    codes = dict.fromkeys([each.code for each in report.findings] + list(report.counts))
    ordered = sorted(codes, key=lambda code: RULES[code].severity != "error")
    return {code: [each for each in report.findings if each.code == code] for code in ordered}


def _group(
    code: str, found: Sequence[Finding], count: int, width: int, pieces: Pieces
) -> Iterator[str]:
    rule = RULES[code]
    label = coloured(f"{rule.severity:8}", "red" if rule.severity == "error" else "yellow")
    yield f"{label} {code:{width}}  {count:>7,}  {_where(found, count)}".rstrip()
    for each in found[:_SHOWN]:
        yield wrapped(str(each), _DEEPER, _INDENT)
        if piece := pieces.get((each.file, each.line or 0, each.field)):
            yield coloured(f"{_DEEPER}{piece}", "dim")
    yield wrapped(rule.hint, _INDENT)


def _where(found: Sequence[Finding], count: int) -> str:
    """The first lines, each once: `lines 6, 9, 12 ...`."""
    lines = list(dict.fromkeys(each.line for each in found if each.line is not None))
    if not lines or len({each.file for each in found}) > 1:
        return ""
    more = " ..." if count > len(found) or len(lines) > _LINES else ""
    noun = "line" if len(lines) == 1 and not more else "lines"
    return f"{noun} {', '.join(f'{each:,}' for each in lines[:_LINES])}{more}"
