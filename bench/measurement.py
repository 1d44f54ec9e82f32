"""One line of the table."""

import resource
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """Something measured; the ratio compares it with its limit, or with what it is part of."""

    name: str
    value: float
    unit: str
    compared_with: float | None = None
    meaning: str = ""

    def row(self) -> str:
        """The line, in columns."""
        ratio = "" if not self.compared_with else f"{self.value / self.compared_with:.2f}"
        return f"{self.name:<44}{self.value:>10.2f} {self.unit:<12}{ratio:>6}  {self.meaning}"


def peak_megabytes() -> float:
    """The most memory that this process has held.

    What `resource` tells of a process counts the one that started it too, so that Linux is asked.
    """
    status = Path("/proc/self/status")
    if status.exists():
        [line] = (each for each in status.read_text().splitlines() if each.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
