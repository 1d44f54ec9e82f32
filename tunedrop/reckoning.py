"""Reckons what a run has cost so far.

All that it is reckoned from is in the run's record, so that it can be reckoned again whenever
somebody looks, and when what the run left in service is retired long after its end.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from tunedrop.catalog import all_models, base_model
from tunedrop.catalog.models import BaseModel
from tunedrop.cost import TRAINING_UNITS, dollars, training_amount, training_price, unknown_price
from tunedrop.run import REUSED, Deployment, Job, Run, moment, timestamp
from tunedrop.spending import Line, Spending

_HOURS_OF_MONTH = 730
_DIGITS = 12
_GIGABYTE = 1 << 30
_THOUSAND_TOKENS = TRAINING_UNITS["1k tokens"]
_S3_USD_PER_GB_MONTH = 0.023
_S3_SOURCE, _S3_AS_OF = "AWS's price list for S3 Standard in us-east-1", "2026-03"


def spending(run: Run, now: datetime) -> Spending:
    """What the run has cost until now, or until its end where nothing of it bills any more."""
    lines = (*_training(run), *_throughput(run, now), *_asking(run), *_storage(run, now))
    known = [line.usd for line in lines if line.usd is not None]
    return Spending(
        lines=lines,
        usd=round(sum(known), _DIGITS),
        is_complete=len(known) == len(lines),
        as_of=timestamp(now),
    )


def with_ends(cost: Mapping[str, Any], *arns: str, at: datetime) -> dict[str, Any]:
    """A run's section on cost that knows when deployments and models were taken down.

    By ARN: a model and what serves it have the same name.
    """
    ended = {arn: timestamp(at) for arn in arns}
    return {**cost, "ended": {**ended, **cost.get("ended", {})}}


def open_arns(run: Run) -> Iterator[str]:
    """What bills on by the hour or the month, as far as the record knows."""
    ended = run.cost.get("ended", {})
    throughput = (each.arn for each, _ in _paid(run))
    models = (job.custom_model_arn for job in run.own_jobs)
    yield from (arn for arn in (*throughput, *models) if arn and arn not in ended)


def _line(*, quantity: float | None, usd_per_unit: float | None, **given: Any) -> Line:
    usd = (
        None
        if quantity is None or usd_per_unit is None
        else round(quantity * usd_per_unit, _DIGITS)
    )
    usd = 0.0 if quantity == 0 else usd
    return Line(quantity=quantity, usd_per_unit=usd_per_unit, usd=usd, **given)


def _training(run: Run) -> Iterator[Line]:
    for job in run.own_jobs:
        if job.arn:
            yield _training_of(run, job)


def _training_of(run: Run, job: Job) -> Line:
    """Bedrock tells neither tokens nor a price: both are counted and looked up here."""
    plan, records = run.plan, run.dataset.get("records", {})
    price = training_price(plan)
    amount = training_amount(plan, run.dataset.get("tokens", 0), records.get("train"))
    units, note = amount.units, f"{amount.why}, as counted here"
    if job.trained_tokens == 0:
        units, note = 0.0, "the job ended before it began to train"
    elif job.status != "Completed":
        whole = amount.units and price.usd and dollars(amount.units * price.usd)
        units = None
        note = (
            f"the job is {job.status or 'new'}: Bedrock bills what was trained when it ends, and "
            f"does not tell how much that is; all of it would be {whole or 'an unknown amount'}"
        )
    elif price.usd is None:
        note = f"{note}; {unknown_price(plan, price)}"
    return _line(
        what=f"training, {job.name}",
        quantity=units,
        unit=TRAINING_UNITS[price.unit],
        usd_per_unit=price.usd,
        source=price.source or "",
        as_of=price.as_of or "",
        note=note,
    )


def _throughput(run: Run, now: datetime) -> Iterator[Line]:
    for deployment, since in _paid(run):
        yield _hours_of(run, deployment, since, now)


def _paid(run: Run) -> Iterator[tuple[Deployment, str]]:
    """The throughput that the run pays for, and since when: each hour is one run's alone.

    It pays for its own from the order to create it, for what it reuses once its model is promoted.
    """
    for deployment in filter(None, (run.trial, run.deployment)):
        promoted_at = run.promotion.promoted_at if run.promotion else ""
        since = promoted_at if deployment.origin == REUSED else deployment.intended_at
        if deployment.mode == "provisioned" and deployment.arn and since:
            yield deployment, since


def _hours_of(run: Run, deployment: Deployment, since: str, now: datetime) -> Line:
    """Until it was taken down, or passed on to another run's model."""
    end = _end(run, deployment)
    hours = _hours(since, end or now)
    reused = "the champion's throughput, since this model serves from it; "
    until = f"; committed until {deployment.committed_until}" if deployment.commitment else ""
    source, as_of = _source_of_hours(run, deployment)
    return _line(
        what=f"provisioned throughput, {deployment.name}",
        quantity=hours,
        unit="hour",
        usd_per_unit=deployment.hourly_usd,
        source=source,
        as_of=as_of,
        note=f"{reused if deployment.origin == REUSED else ''}{'until' if end else 'so far, to'} "
        f"{timestamp(end or now)}{until}",
        goes_on=end is None,
    )


def _end(run: Run, deployment: Deployment) -> datetime | None:
    """When it was taken down: by clean-up or the sweep, or before that by the run itself."""
    ends = [run.cost.get("ended", {}).get(deployment.arn, "")]
    if deployment.origin != REUSED and not deployment.commitment:
        # What a model is tested on goes when people are asked for a commitment, or at its swap.
        ends.append(run.timeline.get("ApproveCommitment", ""))
        ends.append(run.swap.intended_at if run.swap else "")
    ended = min(filter(None, ends), default="")
    return moment(ended) if ended else None


def _source_of_hours(run: Run, deployment: Deployment) -> tuple[str, str]:
    """Who says what an hour costs: the recipe's own price is that of its commitment."""
    plan, prices = run.plan, base_model(run.plan.base_model).prices
    as_planned = bool(deployment.commitment) or plan.deployment.commitment == "none"
    if deployment.hourly_usd is None:
        return "", ""
    if as_planned and plan.prices.model_unit_usd_per_hour is not None:
        return "the recipe", ""
    return prices.source or "", prices.as_of or ""


def _asking(run: Run) -> Iterator[Line]:
    for asked in run.cost.get("asked", ()):
        yield from _asked(asked)


def _asked(asked: Mapping[str, Any]) -> Iterator[Line]:
    """Tokens as Bedrock counted them; throughput that is paid by the hour answers for nothing."""
    what = f"{asked['calls']:,} test answers of {asked['name']}"
    if ":provisioned-model/" in asked["through"]:
        note = "paid for by the hours of its throughput"
        yield Line(what=what, unit="answer", quantity=asked["calls"], usd=0.0, note=note)
        return
    price = _inference_price(asked)
    uncounted = asked["uncounted"]
    note = f"Bedrock told no tokens of {uncounted:,} answers" if uncounted else ""
    note = note if price else "; ".join(filter(None, (note, "the price is not known")))
    for side in ("input", "output"):
        yield _line(
            what=f"{what}, {side}",
            quantity=None if uncounted else asked[f"{side}_tokens"] / 1000,
            unit=_THOUSAND_TOKENS,
            usd_per_unit=getattr(price, f"{side}_usd_per_1k_tokens", None),
            source=price.source if price else "",
            as_of=price.as_of if price else "",
            note=note,
        )


def _inference_price(asked: Mapping[str, Any]) -> Any:
    """The price of a model on demand, if the catalog knows it."""
    model = _model_of(asked["model"])
    price = model.inference.price if model else None
    is_custom = ":custom-model/" in asked["model"]
    return None if price and is_custom and not price.holds_for_custom_models else price


def _model_of(asked: str) -> BaseModel | None:
    """The base model of an inference id, or of a custom model's ARN, which has it in its path."""
    base = asked.partition(":custom-model/")[2].rpartition("/")[0]
    return next((m for m in all_models() if base == m.id or asked == m.inference_id), None)


def _storage(run: Run, now: datetime) -> Iterator[Line]:
    ended = run.cost.get("ended", {})
    for job in run.own_jobs:
        if job.custom_model_arn:
            yield _model_months(run, job, ended.get(job.custom_model_arn), now)
    stored = run.cost.get("stored_bytes")
    if stored is not None and run.ended_at:
        yield _line(
            what="objects of the run in S3",
            quantity=stored / _GIGABYTE * _hours(run.started_at, now) / _HOURS_OF_MONTH,
            unit="GB-month",
            usd_per_unit=_S3_USD_PER_GB_MONTH,
            source=_S3_SOURCE,
            as_of=_S3_AS_OF,
            note=f"{stored:,} bytes since the run started",
            goes_on=True,
        )


def _model_months(run: Run, job: Job, ended: str | None, now: datetime) -> Line:
    prices = base_model(run.plan.base_model).prices
    price = prices.storage_usd_per_month
    return _line(
        what=f"storage of the custom model {job.name}",
        quantity=_hours(job.ended_at or job.intended_at, moment(ended) if ended else now)
        / _HOURS_OF_MONTH,
        unit="month",
        usd_per_unit=price,
        source=(prices.source or "") if price is not None else "",
        as_of=(prices.as_of or "") if price is not None else "",
        note="" if price is not None else "the price is not known",
        goes_on=ended is None,
    )


def _hours(start: str, end: datetime) -> float:
    return max(0.0, (end - moment(start)).total_seconds()) / 3600
