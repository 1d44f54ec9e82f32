"""Arrays are imported by whoever measures datasets, and make nobody else wait."""

import subprocess
import sys

import pytest

_ASK = "import sys, {module}; sys.exit('numpy' in sys.modules)"


@pytest.mark.parametrize(
    "module",
    [
        "tunedrop.dataset.validation",
        "tunedrop.dataset.preparation",
        "tunedrop.dataset_desk",
        "tunedrop.run_quality",
        "tunedrop.evaluation.desk",
    ],
)
def test_no_array_is_imported_before_quality_is_measured(module: str) -> None:
    asked = subprocess.run([sys.executable, "-c", _ASK.format(module=module)], check=False)
    assert asked.returncode == 0
