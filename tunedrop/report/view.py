"""What the report page shows, section by section, read tolerantly from a run record.

Any section may be missing: a run ends where it ends. A section without anything to show is None.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tunedrop.report import formatting
from tunedrop.report.chart import loss_chart
from tunedrop.report.interval import intervals
from tunedrop.report.sentences import RUNBOOK, OutcomeWords, words_for
from tunedrop.report.timeline import steps, whole_duration
from tunedrop.settings import model_parameter

Record = Mapping[str, Any]
Facts = list[tuple[str, str]]

_MARKS = {"good": "\u2713", "neutral": "\u2013", "attention": "!", "bad": "\u2715"}
_MODEL_NAMES = {"custom": "Custom model", "base": "Base model", "champion": "Champion"}
_SOURCE_ROLES = ("train", "validation", "test", "rejected")


def view(run: Record) -> dict[str, Any]:
    """Everything that the template needs."""
    words = words_for(run.get("outcome"), is_promoted=_is_in_service(run))
    return {
        "words": words,
        "mark": _MARKS[words.tone],
        "run_id": _text(run.get("run_id")),
        "recipe": _text(run.get("recipe")),
        "stage": _text(run.get("stage")),
        "verdict": _text(run.get("cause")) or words.meaning,
        "facts_of_head": _head_facts(run),
        "next_step": _next_step(run, words),
        "runbook": f'{RUNBOOK}, heading "{words.runbook_heading}"' if words.runbook_heading else "",
        "still_billing": _section(run, "clean_up").get("still_billing") or [],
        "steps": steps(run),
        "dataset": _dataset(run),
        "training": _training(run),
        "evaluation": _evaluation(run),
        "cost": _cost(run),
        "call": _call(run),
        "lineage": _lineage(run),
    }


def _is_in_service(run: Record) -> bool:
    return bool(run.get("promotion")) or _deployment_mode(run) != "none"


def _deployment_mode(run: Record) -> str:
    planned = _section(_section(run, "snapshot"), "deployment").get("mode")
    return str(_section(run, "deployment").get("mode") or planned or "")


def _head_facts(run: Record) -> Facts:
    return _known(
        [
            ("Run", run.get("run_id")),
            ("Base model", _section(run, "snapshot").get("base_model")),
            ("Dataset", _section(run, "source").get("key")),
            ("Note", run.get("note")),
            ("Started", _time(run.get("started_at"))),
            ("Ended", _time(run.get("ended_at"))),
            ("Took", whole_duration(run)),
        ]
    )


def _next_step(run: Record, words: OutcomeWords) -> str:
    given = _text(run.get("next_step"))
    return given or words.next_step.format(
        run_id=_text(run.get("run_id")) or "RUN_ID",
        recipe=_text(run.get("recipe")) or "RECIPE",
        file=_text(_section(run, "source").get("key")).rpartition("/")[2] or "FILE",
    )


def _dataset(run: Record) -> dict[str, Any] | None:
    dataset = _section(run, "dataset")
    if not dataset:
        return None
    records = _section(dataset, "records")
    facts = [
        (f"{role.capitalize()} records", formatting.count(records[role]))
        for role in _SOURCE_ROLES
        if role in records
    ]
    if dataset.get("tokens") is not None:
        facts.append(("Tokens, estimated", formatting.count(dataset["tokens"])))
    counts = _section(dataset, "counts")
    return {
        "facts": facts,
        "findings": list(dataset.get("findings") or []),
        "counts": [(code, formatting.count(number)) for code, number in counts.items()],
        "found": sum(int(number) for number in counts.values()),
    }


def _training(run: Record) -> dict[str, Any] | None:
    job, losses = _section(run, "job"), _section(run, "losses")
    if not job and not losses:
        return None
    limit = _section(_section(run, "snapshot"), "evaluation").get("max_validation_loss")
    return {
        "facts": _known(
            [
                ("Customization job", job.get("name")),
                ("Attempt", job.get("attempt")),
                ("Status", job.get("status")),
                ("Submitted", _time(job.get("submitted_at"))),
                ("Ended", _time(job.get("ended_at"))),
                ("Bedrock's words", job.get("failure")),
            ]
        ),
        "verdict": _text(losses.get("verdict")),
        "chart": loss_chart(losses, limit),
    }


def _evaluation(run: Record) -> dict[str, Any] | None:
    evaluation = _section(run, "evaluation")
    if not evaluation:
        return None
    metrics = _section(evaluation, "metrics")
    models = [name for name in _MODEL_NAMES if any(name in row for row in metrics.values())]
    return {
        "verdict": _text(evaluation.get("verdict")),
        "records": formatting.count(evaluation.get("records")),
        "models": [_MODEL_NAMES[name] for name in models],
        "rows": [
            {
                "name": name,
                "scores": [formatting.score(row.get(model)) for model in models],
                "minimum": formatting.score(row["minimum"]) if "minimum" in row else "",
                "against": _MODEL_NAMES.get(row.get("against", "base"), "Base model").lower(),
                "interval": interval,
            }
            for (name, row), interval in zip(metrics.items(), intervals(metrics), strict=True)
        ],
        "examples": [_example(each) for each in evaluation.get("examples") or []],
    }


def _example(example: Record) -> Facts:
    names = {"prompt": "Prompt", "reference": "Reference", **_MODEL_NAMES}
    return [(names[name], _text(example[name])) for name in names if name in example]


def _cost(run: Record) -> Facts:
    cost, job = _section(run, "cost"), _section(run, "job")
    estimate = formatting.dollars(cost.get("training_usd_estimate"))
    why = _text(cost.get("why"))
    spent = f"{estimate} (estimate)" if estimate != formatting.MISSING else "unknown"
    budget = _section(_section(run, "snapshot"), "budget")
    return _known(
        [
            ("Training so far", spent if job else "$0: no customization job was started"),
            ("Training estimate", f"{estimate}. {why}".rstrip(". ") + "." if cost else ""),
            ("In service, per hour", _hourly(run) if cost or run.get("deployment") else ""),
            ("Budget for training", _budget(budget.get("training_usd"))),
            ("Budget per hour", _budget(budget.get("hourly_usd"))),
            ("Taken down", ", ".join(map(str, _section(run, "clean_up").get("taken_down") or []))),
        ]
    )


def _hourly(run: Record) -> str:
    hourly = _section(run, "deployment").get("hourly_usd", _section(run, "cost").get("hourly_usd"))
    if _deployment_mode(run) == "on_demand" and not hourly:
        return "$0: on-demand deployments are billed by the token"
    return formatting.dollars(hourly)


def _budget(value: Any) -> str:
    return "" if value is None else formatting.dollars(value)


def _call(run: Record) -> dict[str, str] | None:
    """What an application needs to call the model, once the recipe's parameter names one."""
    is_promoted = run.get("outcome") == "RunSucceeded" and _is_in_service(run)
    if not (is_promoted or run.get("outcome") == "RunUnchanged") or not run.get("recipe"):
        return None
    parts = str(run.get("execution_arn") or "").split(":")
    return {
        "parameter": model_parameter(_text(run.get("stage")), _text(run.get("recipe"))),
        "region": parts[3] if len(parts) > 3 else "",  # noqa: PLR2004 - arn:aws:states:REGION:...
    }


def _lineage(run: Record) -> Facts:
    source, job, dataset = (_section(run, name) for name in ("source", "job", "dataset"))
    deployment, promotion = _section(run, "deployment"), _section(run, "promotion")
    return _known(
        [
            ("Run", run.get("run_id")),
            ("Execution", run.get("execution_arn")),
            ("Dropped object", _uri(source)),
            ("Object version", source.get("version_id")),
            ("Dropped", _time(run.get("dropped_at"))),
            *_files(dataset.get("files") or ()),
            ("Digest of the dataset", dataset.get("digest")),
            ("Unchanged since run", run.get("unchanged_since")),
            ("Base model", _section(run, "snapshot").get("base_model")),
            ("Hyperparameters", _hyperparameters(run)),
            ("Customization job", job.get("arn")),
            ("Custom model", job.get("custom_model_arn")),
            ("Deployment", deployment.get("arn")),
            ("Champion version", promotion.get("version")),
            ("Replaced the model of", promotion.get("replaced_run_id")),
        ]
    )


def _files(files: Iterable[Record]) -> Facts:
    return [
        (f"SHA-256 of {each.get('name', 'a file')}", _text(each.get("sha256"))) for each in files
    ]


def _hyperparameters(run: Record) -> str:
    chosen = _section(_section(run, "snapshot"), "hyperparameters")
    return ", ".join(f"{name}: {value}" for name, value in chosen.items() if value is not None)


def _uri(source: Record) -> str:
    return f"s3://{source['bucket']}/{source['key']}" if {"bucket", "key"} <= set(source) else ""


def _section(record: Record, name: str) -> Record:
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def _known(facts: Iterable[tuple[str, Any]]) -> Facts:
    return [(name, _text(value)) for name, value in facts if value not in (None, "")]


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _time(value: Any) -> str:
    return formatting.time_of_day(value) if value else ""
