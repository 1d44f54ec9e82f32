"""How a model is served, on what it was tested, and to what it commits."""

from tunedrop.report import formatting
from tunedrop.report.reading import Facts, Record, known, section, text, time

_MODES = {"on_demand": "on demand", "provisioned": "provisioned throughput"}


def deployment(run: Record) -> Facts:
    """What was made to serve the model, and who decided; nothing where nothing was made."""
    made, trial = section(run, "deployment"), section(run, "trial")
    approval, commitment = section(run, "approval"), section(run, "commitment_approval")
    before = approval.get("before", ())
    if not (made or trial or approval):
        return []
    return known(
        [
            ("Decided before, on less money", "; ".join(map(_decided, before))),
            ("Decision on the deployment", _decided(approval)),
            ("Tested on", _served(trial)),
            ("Decision on the commitment", _decided(commitment)),
            ("Served by", _served(made)),
            ("Status", made.get("status")),
            ("In service since", time(made.get("ready_at"))),
            ("Per hour", _hourly(made)),
            ("Commitment", made.get("commitment")),
            ("Committed until", _until(made)),
            ("Model kept until", time(run.get("model_kept_until"))),
        ]
    )


def _served(made: Record) -> str:
    if not made:
        return ""
    mode = text(made.get("mode"))
    reused = ", which served the champion before" if made.get("origin") == "reused" else ""
    return f"{_MODES.get(mode, mode)}{reused}: {made.get('name') or made.get('arn')}"


def _hourly(made: Record) -> str:
    """Nothing on demand, unknown where the price is."""
    if not made or made.get("mode") == "on_demand":
        return "$0: billed by the token" if made else ""
    return formatting.dollars(made.get("hourly_usd"))


def _until(made: Record) -> str:
    until = time(made.get("committed_until"))
    return f"{until}; it bills, and cannot be deleted, before" if until else ""


def _decided(approval: Record) -> str:
    """Who answered what and when, or since when nobody did."""
    if approval.get("answered_at"):
        decision = "Approved" if approval.get("approved") else "Declined"
        return f"{decision} by {approval.get('answered_by')}, {time(approval.get('answered_at'))}"
    asked = time(approval.get("asked_at"))
    return f"Asked for on {asked}; nobody has answered" if asked else ""
