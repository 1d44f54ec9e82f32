"""What training is expected to cost, as facts and as bars with the budget as a mark."""

from tunedrop.report import formatting
from tunedrop.report.bars import Bar, bars, share
from tunedrop.report.reading import Facts, Record, known, section

_MOST_EPOCHS = 10


def cost_facts(run: Record) -> Facts:
    """The estimate, how it is reckoned, and what the budget leaves of it."""
    cost, limit = section(run, "cost"), _budget(run)
    if not cost:
        return []
    estimate = formatting.decimal(cost.get("training_usd_estimate"))
    told = "" if limit is None else formatting.dollars(limit)
    if limit and estimate is not None:
        told = f"{told}, of which training takes {share(estimate, limit) or '0%'}"
    return known(
        [
            ("Training estimate", formatting.dollars(cost.get("training_usd_estimate"))),
            ("How that is reckoned", cost.get("why")),
            ("Budget for training", told),
        ]
    )


def cost_title(run: Record) -> str:
    """The title of the bars, which tells what the mark is."""
    limit = _budget(run)
    mark = f"; the line is the budget of {formatting.dollars(limit)}" if limit else ""
    return f"Cost of training, estimated{mark}"


def cost_bars(run: Record) -> tuple[Bar, ...]:
    """What is spent after each epoch; training as a whole where its epochs are not told."""
    usd = formatting.decimal(section(run, "cost").get("training_usd_estimate"))
    if not usd:
        return ()
    epochs = formatting.decimal(section(run, "snapshot", "hyperparameters").get("epochs")) or 1
    rows = [("Training", usd)]
    if 1 < epochs <= _MOST_EPOCHS:
        count = int(epochs)
        rows = [(f"After epoch {each}", usd * each / epochs) for each in range(1, count + 1)]
    return bars(rows, _budget(run) or usd, shown=formatting.dollars, mark=_budget(run))


def _budget(run: Record) -> float | None:
    return formatting.decimal(section(run, "snapshot", "budget").get("training_usd"))
