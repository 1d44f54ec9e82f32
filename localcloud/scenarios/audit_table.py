"""The audit as a table for people."""

from collections.abc import Iterator, Sequence

from localcloud.scenarios.audit import Agreement, Audit, Row

_NOBODY = "NOBODY"


def table(audit: Audit) -> str:
    """What is in Bedrock, whose it is and what it bills; whether all that is written agrees."""
    parts = [
        "Audit of the embedded cloud. In Bedrock:",
        *_columns([("", "status", "bills", "owner"), *map(_row, audit.rows)]),
        "",
        "Run record, recipe's item, parameter and Bedrock agree:",
        *_columns([_agreement(each) for each in audit.recipes]),
        "",
        *(f"WRONG: {finding}." for finding in audit.findings),
    ]
    if not audit.findings:
        parts.append("Nothing bills that should not, and everything that serves is there: yes.")
    return "\n".join(parts)


def _row(row: Row) -> tuple[str, ...]:
    each = row.resource
    return (f"{each.kind} {each.name}", each.status or "Active", row.bills, row.owner or _NOBODY)


def _agreement(agreement: Agreement) -> tuple[str, ...]:
    champion = agreement.champion or "no champion: the base model serves"
    return (agreement.recipe, "no" if agreement.findings else "yes", champion)


def _columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells).rstrip()}"
