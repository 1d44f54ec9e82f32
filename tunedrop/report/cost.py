"""What a run cost so far, and what its model costs in service."""

from typing import Any

from tunedrop.report import formatting
from tunedrop.report.reading import Facts, Record, deployment_mode, known, section, text


def cost(run: Record) -> Facts:
    """Cost so far and estimates; what is unknown is said to be unknown."""
    known_cost, job = section(run, "cost"), section(run, "job")
    estimate = formatting.dollars(known_cost.get("training_usd_estimate"))
    why = text(known_cost.get("why"))
    spent = f"{estimate} (estimate)" if estimate != formatting.MISSING else "unknown"
    budget = section(run, "snapshot", "budget")
    return known(
        [
            ("Training so far", spent if job else "$0: no customization job was started"),
            ("Training estimate", f"{estimate}. {why}".rstrip(". ") + "." if known_cost else ""),
            ("In service, per hour", _hourly(run) if known_cost or run.get("deployment") else ""),
            ("Budget for training", _budget(budget.get("training_usd"))),
            ("Budget per hour", _budget(budget.get("hourly_usd"))),
            ("Taken down", ", ".join(map(str, section(run, "clean_up").get("taken_down") or []))),
        ]
    )


def _hourly(run: Record) -> str:
    hourly = section(run, "deployment").get("hourly_usd", section(run, "cost").get("hourly_usd"))
    if deployment_mode(run) == "on_demand" and not hourly:
        return "$0: on-demand deployments are billed by the token"
    return formatting.dollars(hourly)


def _budget(value: Any) -> str:
    return "" if value is None else formatting.dollars(value)
