"""`make bench`: prints the table, line by line as it is measured."""

from bench.asset import asset_size
from bench.demonstration import demonstration
from bench.imports import handler_imports
from bench.quality import quality
from bench.quality_size import sizes
from bench.validation import validation
from bench.workflow import workflow


def main() -> None:
    """Measure everything."""
    print(f"{'':<44}{'measured':>10} {'':<12}{'ratio':>6}", flush=True)
    for group in (
        validation(),
        quality(),
        sizes(),
        handler_imports(),
        iter([asset_size()]),
        demonstration(),
        workflow(),
    ):
        for measurement in group:
            print(measurement.row(), flush=True)


if __name__ == "__main__":
    main()
