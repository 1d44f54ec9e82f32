"""The result of a run in one line: what was gained, what it cost, how long it took."""

from tunedrop.report.cost import spent
from tunedrop.report.formatting import dollars, score
from tunedrop.report.reading import Record, deployment_mode, section
from tunedrop.report.timeline import whole_duration


def headline(run: Record) -> str:
    """Gain with its interval, cost and time, as far as they are known; "" without a test."""
    gain = _gain(run)
    parts = [gain, _cost(run), _hourly(run), _took(run)] if gain else []
    return " · ".join(filter(None, parts))


def _gain(run: Record) -> str:
    """By the metric that stands first, which decides."""
    metrics = section(run, "evaluation", "metrics")
    for name, row in metrics.items():
        if "gain" in row:
            low, high = (score(row.get(bound), sign=True) for bound in ("low", "high"))
            against = row.get("against") or "base"
            return (
                f"{name} {score(row['gain'], sign=True)} "
                f"(95% interval {low} to {high}) against the {against}"
                + (" model" if against == "base" else "")
            )
    return ""


def _cost(run: Record) -> str:
    """What the run cost; before its end, what training is expected to."""
    if known := spent(run):
        return f"cost {known}"
    cost = section(run, "cost")
    usd = cost.get("training_usd_estimate")
    return "" if not cost else "cost unknown" if usd is None else f"training about {dollars(usd)}"


def _hourly(run: Record) -> str:
    if not run.get("promotion"):
        return ""
    usd = section(run, "deployment").get("hourly_usd")
    if deployment_mode(run) == "on_demand":
        return "nothing to pay while idle"
    return "price per hour unknown" if usd is None else f"{dollars(usd)} an hour in service"


def _took(run: Record) -> str:
    took = whole_duration(run)
    return f"{took} from start to end" if took else ""
