"""Reads Markdown pages: headings, code blocks, tables, links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
OPERATING = ROOT / "docs" / "operating.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))

_FENCE = "```"
_LINK = re.compile(r"!?\[[^]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A code block: its language, the heading that it stands under, its lines."""

    language: str
    heading: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def blocks(page: Path) -> Iterator[Block]:
    """The code blocks of a page, in order."""
    heading, language, lines = "", None, list[str]()
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith(_FENCE) and language is None:
            language, lines = line.removeprefix(_FENCE), []
        elif line.startswith(_FENCE):
            yield Block(language=language or "", heading=heading, lines=tuple(lines))
            language = None
        elif language is not None:
            lines.append(line)
        elif line.startswith("#"):
            heading = line.lstrip("# ")


def headings(page: Path) -> list[str]:
    """The headings of a page."""
    text = "\n".join(prose(page))
    return re.findall(r"^#+ (.+)$", text, re.MULTILINE)


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def links(page: Path) -> list[str]:
    """Where the links and pictures of a page point to."""
    return _LINK.findall("\n".join(prose(page)))


def prose(page: Path) -> Iterator[str]:
    """The lines outside code blocks."""
    inside = False
    for line in page.read_text(encoding="utf-8").splitlines():
        inside ^= line.startswith(_FENCE)
        if not inside:
            yield line


def rows(page: Path) -> Iterator[tuple[str, ...]]:
    """The rows of all tables of a page, heads and rules left out."""
    for line in prose(page):
        cells = tuple(cell.strip() for cell in line.strip().strip("|").split(" | "))
        if line.strip().startswith("|") and not set(line) <= set("|- "):
            yield cells
