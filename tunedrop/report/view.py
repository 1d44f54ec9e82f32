"""What the report page shows, section by section, read tolerantly from a run record.

Any section may be missing: a run ends where it ends. A section without anything to show is None.
"""

from typing import Any

from tunedrop.report.call import call
from tunedrop.report.card import card
from tunedrop.report.chart import loss_chart
from tunedrop.report.cost import cost
from tunedrop.report.deployment import deployment
from tunedrop.report.evaluation import evaluation
from tunedrop.report.headline import headline
from tunedrop.report.lineage import lineage
from tunedrop.report.reading import Facts, Record, deployment_mode, known, section, text, time
from tunedrop.report.sentences import RUNBOOK, OutcomeWords, Tone, words_for
from tunedrop.report.timeline import steps, whole_duration

_TITLES = {
    "call": "Call the model",
    "evaluation": "Evaluation",
    "training": "Training",
    "dataset": "Dataset",
    "deployment": "Deployment",
    "cost": "Cost",
    "timeline": "What happened when",
    "lineage": "Lineage",
}
_MARKS = {"good": "\u2713", "neutral": "\u2013", "attention": "!", "bad": "\u2715"}


def view(run: Record) -> dict[str, Any]:
    """Everything that the template needs."""
    words = words_for(run.get("outcome"), is_promoted=_is_in_service(run))
    sections = _sections(run)
    return {
        "words": words,
        "tone": words.tone,
        "mark": _MARKS[words.tone],
        "run_id": text(run.get("run_id")),
        "recipe": text(run.get("recipe")),
        "stage": text(run.get("stage")),
        "headline": headline(run),
        "verdict": _verdict(run) or words.meaning,
        "facts_of_head": _head_facts(run),
        "next_step": _next_step(run, words),
        "runbook": f'{RUNBOOK}, heading "{words.runbook_heading}"' if words.runbook_heading else "",
        "still_billing": section(run, "clean_up").get("still_billing") or [],
        "billing_note": _billing_note(run) if words.runbook_heading else "",
        "contents": [(name, _TITLES[name]) for name in _TITLES if sections[name]],
        "base_model_note": text(run.get("base_model_note")),
        **sections,
    }


def _sections(run: Record) -> dict[str, Any]:
    """What stands under each heading of the page, which has its key as its anchor."""
    return {
        "call": _call(run),
        "evaluation": evaluation(run),
        "training": _training(run),
        "dataset": card(run),
        "deployment": deployment(run),
        "cost": cost(run),
        "timeline": steps(run),
        "lineage": lineage(run),
    }


def card_view(run: Record) -> dict[str, Any]:
    """Everything that the template of a data card alone needs."""
    dataset, snapshot = section(run, "dataset"), section(run, "snapshot")
    tone, title = _judged(dataset)
    return {
        "tone": tone,
        "mark": _MARKS[tone],
        "title": title,
        "name": text(run.get("name")),
        "recipe": text(run.get("recipe")),
        "summary": text(run.get("cause")),
        "facts_of_head": known(
            [
                ("Dataset", run.get("name")),
                ("Base model", snapshot.get("base_model")),
                ("Method", snapshot.get("method")),
            ]
        ),
        "dataset": card(run),
        "lineage": lineage(run),
    }


def _judged(dataset: Record) -> tuple[Tone, str]:
    if not dataset.get("fit"):
        return "bad", "The dataset does not suit"
    if dataset.get("errors") or dataset.get("warnings"):
        return "attention", "The dataset suits, with something to look at"
    return "good", "The dataset suits"


def _is_in_service(run: Record) -> bool:
    return bool(run.get("promotion")) or deployment_mode(run) != "none"


def _head_facts(run: Record) -> Facts:
    return known(
        [
            ("Run", run.get("run_id")),
            ("Base model", section(run, "snapshot").get("base_model")),
            ("Dataset", section(run, "source").get("key")),
            ("Note", run.get("note")),
            ("Started", time(run.get("started_at"))),
            ("Ended", time(run.get("ended_at"))),
            ("Took", whole_duration(run)),
        ]
    )


def _verdict(run: Record) -> str:
    """What happened; what to do next has a section of its own."""
    cause = text(run.get("cause") or section(run, "failure").get("cause"))
    return cause.partition(" Next: ")[0]


def _next_step(run: Record, words: OutcomeWords) -> list[tuple[bool, str]]:
    """The next step in parts, of which every other one is a command."""
    given = text(run.get("next_step"))
    if given.startswith("tunedrop "):
        return [(True, given)]
    parts = (given or _usual_next_step(run, words)).split("`")
    return [(bool(at % 2), part) for at, part in enumerate(parts) if part]


def _usual_next_step(run: Record, words: OutcomeWords) -> str:
    return words.next_step.format(
        run_id=text(run.get("run_id")) or "RUN_ID",
        recipe=text(run.get("recipe")) or "RECIPE",
        file=text(section(run, "source").get("key")).rpartition("/")[2] or "FILE",
    )


def _billing_note(run: Record) -> str:
    """What can be said where no bill is known of; a run that made nothing owes nothing."""
    if "Still billing" in text(run.get("cause")):
        return ""
    made_something = bool(run.get("job") or run.get("deployment"))
    is_cleaned = bool(section(run, "clean_up"))
    return "unknown: clean-up left no record" if made_something and not is_cleaned else "nothing"


def _training(run: Record) -> dict[str, Any] | None:
    job, losses = section(run, "job"), section(run, "losses")
    if not job and not losses:
        return None
    limit = section(run, "snapshot", "evaluation").get("max_validation_loss")
    return {
        "facts": known(
            [
                ("Customization job", job.get("name")),
                ("Attempt", job.get("attempt")),
                ("Status", job.get("status")),
                ("Submitted", time(job.get("submitted_at"))),
                ("Ended", time(job.get("ended_at"))),
                ("Bedrock's words", job.get("failure")),
            ]
        ),
        "verdict": text(losses.get("verdict")),
        "chart": loss_chart(losses, limit),
    }


def _call(run: Record) -> dict[str, str] | None:
    """How to call the model, once the recipe's parameter names one."""
    is_promoted = run.get("outcome") == "RunSucceeded" and _is_in_service(run)
    if not (is_promoted or run.get("outcome") == "RunUnchanged") or not run.get("recipe"):
        return None
    return call(run)
