"""Where a model comes from."""

from collections.abc import Iterable

from tunedrop.report.reading import Facts, Record, known, section, text, time


def lineage(run: Record) -> Facts:
    """Names, versions and checksums from the dropped object to the model in service."""
    source, job, dataset = (section(run, name) for name in ("source", "job", "dataset"))
    deployment, promotion = section(run, "deployment"), section(run, "promotion")
    return known(
        [
            ("Run", run.get("run_id")),
            ("Execution", run.get("execution_arn")),
            ("Dropped object", _uri(source)),
            ("Object version", source.get("version_id")),
            ("Dropped", time(run.get("dropped_at"))),
            *_files(dataset.get("files") or ()),
            ("Digest of the dataset", dataset.get("digest")),
            ("Unchanged since run", run.get("unchanged_since")),
            ("Base model", section(run, "snapshot").get("base_model")),
            ("Hyperparameters", _hyperparameters(run)),
            ("Customization job", job.get("arn")),
            ("Custom model", job.get("custom_model_arn")),
            ("Deployment", deployment.get("arn")),
            ("Deployment was", _origin(run)),
            ("Champion version", promotion.get("version")),
            ("Replaced the model of", promotion.get("replaced_run_id")),
        ]
    )


def _origin(run: Record) -> str:
    """Whether it was created or the champion's was reused, and why that was not."""
    why = section(run, "capacity").get("why")
    return ": ".join(filter(None, (text(section(run, "deployment").get("origin")), text(why))))


def _files(files: Iterable[Record]) -> Facts:
    return [
        (f"SHA-256 of {each.get('name', 'a file')}", text(each.get("sha256"))) for each in files
    ]


def _hyperparameters(run: Record) -> str:
    chosen = section(run, "snapshot", "hyperparameters")
    return ", ".join(f"{name}: {value}" for name, value in chosen.items() if value is not None)


def _uri(source: Record) -> str:
    return f"s3://{source['bucket']}/{source['key']}" if {"bucket", "key"} <= set(source) else ""
