"""The page as a browser lays it out, where there is one: nothing is wider than the window."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import report_records as records
from quality_reports import flawed, labelled

from tunedrop.report.page import render, render_card

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE, DESKTOP = 390, 1200
# A frame of the width to test, because a headless window is never narrower than 500 pixels.
MEASURE = """<!doctype html><body style="margin:0"><iframe id="page" width="{width}" height="900"
src="{page}"></iframe><p id="told"></p><script>
document.getElementById("page").onload = () => {{
  const page = document.getElementById("page").contentDocument
  const small = [...page.querySelectorAll("body *")].filter(each => each.textContent.trim()
    && each.children.length === 0 && parseFloat(getComputedStyle(each).fontSize) < 12)
  document.getElementById("told").textContent =
    `width=${{page.documentElement.scrollWidth}} small=${{small.length}}`
}}</script>"""


def pages() -> dict[str, str]:
    run = records.succeeded()
    long = {**run["dataset"], "fit": True, "errors": 0, "warnings": 1}
    return {
        "run": render({**run, "quality": flawed()}),
        "rejected": render(records.rejected()),
        "card": render_card({**run, "dataset": long, "quality": labelled(), "name": "x" * 90}),
    }


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("name", ["run", "rejected", "card"])
def test_no_page_is_wider_than_its_window(name: str, width: int, tmp_path: Path) -> None:
    page, frame = tmp_path / "page.html", tmp_path / "frame.html"
    page.write_text(pages()[name])
    frame.write_text(MEASURE.format(width=width, page=page.name))
    command = [
        str(CHROMIUM),
        *("--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"),
        *(f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=5000", "--dump-dom"),
        frame.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r"width=(\d+) small=(\d+)", done.stdout)
    assert found is not None, done.stdout[-500:] + done.stderr[-500:]
    assert int(found[1]) <= width
    assert int(found[2]) == 0
