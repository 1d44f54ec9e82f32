"""The pages as a browser shows them, where there is one: at a phone's and a desk's width, in light
and dark, and to screen readers.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import report_records as records
from browser import CHROMIUM, Tab, browser
from quality_reports import flawed, labelled

from tunedrop.report.page import render, render_card

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

PHONE, DESKTOP = 390, 1280
PAGES = ("run", "rejected", "card")
WIDTHS = pytest.mark.parametrize("width", [PHONE, DESKTOP])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
EVERY_PAGE = pytest.mark.parametrize("name", PAGES)
MUST_BE_NAMED = {"link", "image", "table", "region", "article", "navigation", "heading"}
LANDMARKS = ["banner", "navigation", "main", "contentinfo"]

# WCAG 2: 4.5 to 1 for text; 3 to 1 for what is drawn, but for grid and tracks, which say nothing.
LOW_CONTRAST = """(() => {
  const channels = text => text.match(/[\\d.]+/g).map(Number)
  const light = value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  const luminance = ([r, g, b]) =>
    0.2126 * light(r / 255) + 0.7152 * light(g / 255) + 0.0722 * light(b / 255)
  const behind = element => {
    for (let each = element; each; each = each.parentElement) {
      const [r, g, b, alpha = 1] = channels(getComputedStyle(each).backgroundColor)
      if (alpha === 1) return [r, g, b]
    }
    return [255, 255, 255]
  }
  const contrast = (colour, element) => {
    const [high, low] = [luminance(channels(colour)), luminance(behind(element))]
      .sort((a, b) => b - a)
    return (high + 0.05) / (low + 0.05)
  }
  const found = []
  const judge = (element, colour, least) => {
    const reached = contrast(colour, element)
    if (reached < least) found.push(`${element.tagName}.${element.getAttribute("class")} ` +
      `${reached.toFixed(2)} "${element.textContent.trim().slice(0, 30)}"`)
  }
  let judged = 0
  for (const each of document.querySelectorAll("body *")) {
    const style = getComputedStyle(each)
    const says = [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim())
    const isDrawn = each instanceof SVGGeometryElement && !each.matches(".track, .grid")
    if (!says && !isDrawn) continue
    judged += 1
    if (says && each instanceof HTMLElement) judge(each, style.color, 4.5)
    if (says && each.tagName === "text") judge(each, style.fill, 4.5)
    const isLine = style.fill === "none" || each.tagName === "line"
    if (isDrawn) judge(each, isLine ? style.stroke : style.fill, 3)
  }
  return {found, judged}
})()"""
CLIPPED = """[...document.querySelectorAll("body *")].filter(each => {
  const box = each.getBoundingClientRect()
  return each.checkVisibility() && !each.closest("pre, .wide, svg, .skip, thead")
    && each.textContent.trim() && (box.right > innerWidth + 1 || box.left < -1
    || each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
}).map(each => `${each.tagName}.${each.className}`)"""
SMALL = """[...document.querySelectorAll("body *")].filter(each => each.children.length === 0
  && each.textContent.trim() && parseFloat(getComputedStyle(each).fontSize) < 12
).map(each => each.textContent)"""


def pages() -> dict[str, str]:
    run = records.succeeded()
    run["trial"] = {"mode": "on_demand", "name": "x" * 60, "arn": "arn"}
    fit = {**run["dataset"], "fit": True, "errors": 0, "warnings": 1}
    settled = {"settled": ["exact-duplicate", "contradiction"]}
    confusion = {"labels": ["billing", "delivery"], "given": ["billing", "(another answer)"]}
    run["evaluation"] |= {"confusion": {**confusion, "counts": [[41, 7], [3, 39]]}}
    return {
        "run": render({**run, "quality": flawed() | settled}),
        "rejected": render(records.rejected()),
        "card": render_card({**run, "dataset": fit, "quality": labelled(), "name": "x" * 90}),
    }


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """One browser for all; its files are beside the pages."""
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    for name, content in pages().items():
        (folder / f"{name}.html").write_text(content)
    return {name: folder / f"{name}.html" for name in PAGES}


def told_to_screen_readers(tab: Tab) -> list[tuple[str, str, dict[str, Any]]]:
    """Role, name and properties of everything that they are told of, in their order."""
    nodes = {each["nodeId"]: each for each in tab.call("Accessibility.getFullAXTree")["nodes"]}
    waiting, told = [next(iter(nodes))], []
    while waiting:
        node = nodes[waiting.pop()]
        waiting += [each for each in reversed(node["childIds"]) if each in nodes]
        if not node["ignored"]:
            properties = {each["name"]: each["value"] for each in node.get("properties", ())}
            told.append((node["role"]["value"], node.get("name", {}).get("value"), properties))
    return told


@EVERY_PAGE
@WIDTHS
def test_nothing_is_wider_than_the_window_or_too_small(
    tab: Tab, files: dict[str, Path], name: str, width: int
) -> None:
    tab.show(files[name], width=width, scheme="light")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate(CLIPPED) == []
    assert tab.evaluate(SMALL) == []


@EVERY_PAGE
@WIDTHS
@SCHEMES
def test_everything_stands_out_from_what_is_behind_it(
    tab: Tab, files: dict[str, Path], name: str, width: int, scheme: str
) -> None:
    tab.show(files[name], width=width, scheme=scheme)
    told = tab.evaluate(LOW_CONTRAST)
    assert told["judged"] > 50
    assert told["found"] == []


@EVERY_PAGE
def test_dark_is_dark(tab: Tab, files: dict[str, Path], name: str) -> None:
    colours = []
    for scheme in ("light", "dark"):
        tab.show(files[name], width=DESKTOP, scheme=scheme)
        colours.append(tab.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(255, 255, 255)", "rgb(18, 24, 29)"]


@EVERY_PAGE
@WIDTHS
def test_screen_readers_are_told_names_landmarks_and_headings_in_order(
    tab: Tab, files: dict[str, Path], name: str, width: int
) -> None:
    tab.show(files[name], width=width, scheme="light")
    told = told_to_screen_readers(tab)
    roles = [role for role, _, _ in told]
    expected = [each for each in LANDMARKS if each != "navigation" or name != "card"]
    assert [role for role in roles if role in LANDMARKS] == expected
    assert [role for role, given, _ in told if role in MUST_BE_NAMED and not given] == []
    levels = [properties["level"]["value"] for role, _, properties in told if role == "heading"]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert {"table", "columnheader", "row"} <= set(roles)


@EVERY_PAGE
def test_the_first_key_press_offers_to_skip_to_the_content(
    tab: Tab, files: dict[str, Path], name: str
) -> None:
    tab.show(files[name], width=DESKTOP, scheme="light")
    key = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
    tab.call("Input.dispatchKeyEvent", type="keyDown", **key)
    assert tab.evaluate("document.activeElement.className") == "skip"
    assert tab.evaluate("getComputedStyle(document.activeElement).clipPath") == "none"
    assert tab.evaluate("document.querySelector(document.activeElement.hash).tagName") == "MAIN"


@EVERY_PAGE
def test_nothing_is_asked_of_the_network(tab: Tab, files: dict[str, Path], name: str) -> None:
    tab.show(files[name], width=DESKTOP, scheme="light")
    asked = [each for each in tab.requested if not each.startswith("data:")]
    assert asked == [files[name].as_uri()]
