"""What a run cost until its end, and what its model costs in service."""

from typing import Any

from msgspec import ValidationError, convert

from tunedrop.report import formatting
from tunedrop.report.reading import Facts, Record, deployment_mode, known, section, text, time
from tunedrop.spending import Line, Spending

_LEAST = 0.0001


def cost(run: Record) -> Facts:
    """The sum, what it is made of, and estimates; what is unknown is said to be unknown."""
    known_cost = section(run, "cost")
    estimate = formatting.dollars(known_cost.get("training_usd_estimate"))
    why = text(known_cost.get("why"))
    budget = section(run, "snapshot", "budget")
    return known(
        [
            *_until_now(run),
            ("Training estimate", f"{estimate}. {why}".rstrip(". ") + "." if why else ""),
            ("In service, per hour", _hourly(run) if known_cost or run.get("deployment") else ""),
            ("Budget for training", _budget(budget.get("training_usd"))),
            ("Budget per hour", _budget(budget.get("hourly_usd"))),
            ("Taken down", ", ".join(map(str, section(run, "clean_up").get("taken_down") or []))),
        ]
    )


def spent(run: Record) -> str:
    """What the run cost until its end: `$1.20`, `at least $1.20`, or "" before that."""
    actual = section(run, "cost", "actual")
    if not actual:
        return ""
    if actual.get("is_complete"):
        return formatting.dollars(actual.get("usd"))
    return f"at least {formatting.dollars(actual['usd'])}" if actual.get("usd") else "unknown"


def _until_now(run: Record) -> Facts:
    found = _spending(run)
    if found is None:
        unstarted = "$0: no customization job was started"
        return [("Cost until the run's end", "unknown" if section(run, "job") else unstarted)]
    total = f"{spent(run)}, as of {time(found.as_of)}"
    return [("Cost until the run's end", total), *map(_of_line, found.lines)]


def _of_line(line: Line) -> tuple[str, str]:
    little = line.usd is not None and 0 < line.usd < _LEAST
    usd = f"less than ${_LEAST}" if little else formatting.dollars(line.usd)
    return line.what[:1].upper() + line.what[1:], f"{usd}: {line.reckoning}."


def _spending(run: Record) -> Spending | None:
    try:
        return convert(section(run, "cost", "actual"), Spending, strict=False)
    except ValidationError:
        return None


def _hourly(run: Record) -> str:
    hourly = section(run, "deployment").get("hourly_usd", section(run, "cost").get("hourly_usd"))
    if deployment_mode(run) == "on_demand" and not hourly:
        return "$0: on-demand deployments are billed by the token"
    return formatting.dollars(hourly)


def _budget(value: Any) -> str:
    return "" if value is None else formatting.dollars(value)
