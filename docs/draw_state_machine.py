"""Draws docs/state-machine.svg from the workflow's definition: `python -m docs.draw_state_machine`.

The one source is statemachines/fine_tuning.asl.json; a test compares the file with what it gives.
"""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from docs.state_machine_graph import Graph
from docs.state_machine_layout import AXIS, LINE, RAIL, WIDTH, WORDS, Box, Layout, Points, Way

DEFINITION = Path(__file__).parents[1] / "statemachines" / "fine_tuning.asl.json"
DRAWING = Path(__file__).parent / "state-machine.svg"

_SIDE_COLUMNS = 21
_CORNER = 6
_MINUTE = 60

_STYLE = """
:root { --paper: #ffffff; --edge: #d1d9e0; --ink: #1f2328; --soft: #59636e; --line: #818b98;
  --task: #f6f8fa; --task-edge: #818b98; --choice: #ddf4ff; --choice-edge: #0969da;
  --pause: #fff8c5; --pause-edge: #9a6700; --bad: #ffebe9; --bad-edge: #cf222e; --bad-ink: #a40e26;
  --good: #dafbe1; --good-edge: #1a7f37; --good-ink: #116329; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #0d1117; --edge: #3d444d; --ink: #f0f6fc; --soft: #9198a1; --line: #656c76;
    --task: #212830; --task-edge: #656c76; --choice: #121d2f; --choice-edge: #4493f8;
    --pause: #272115; --pause-edge: #d29922; --bad: #25171c; --bad-edge: #f85149;
    --bad-ink: #ff9492; --good: #12261e; --good-edge: #3fb950; --good-ink: #7ee787; } }
text { font-family: -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial,
  sans-serif; fill: var(--ink); font-size: 12.5px; }
.paper { fill: var(--paper); stroke: var(--edge); }
.name { font-size: 13.5px; font-weight: 600; text-anchor: middle; }
.pause { font-size: 12px; }
.small { font-size: 11.5px; fill: var(--soft); }
.words { fill: var(--soft); }
.strong { font-weight: 600; fill: var(--ink); }
.Task { fill: var(--task); stroke: var(--task-edge); }
.Choice { fill: var(--choice); stroke: var(--choice-edge); }
.Wait { fill: var(--pause); stroke: var(--pause-edge); }
.Fail { fill: var(--bad); stroke: var(--bad-edge); }
.Succeed { fill: var(--good); stroke: var(--good-edge); }
.rescue { fill: var(--task); stroke: var(--bad-edge); }
text.Fail, text.Succeed { stroke: none; font-size: 12.5px; font-weight: 600; text-anchor: middle; }
text.Fail, .red { fill: var(--bad-ink); }
text.Succeed { fill: var(--good-ink); }
.way { fill: none; stroke: var(--line); stroke-width: 1.4; }
.pausing { stroke: var(--pause-edge); }
.failing { fill: none; stroke: var(--bad-edge); stroke-width: 1.2; stroke-dasharray: 4 3; }
.tip { fill: var(--line); } .tip-pausing { fill: var(--pause-edge); }
.tip-failing, .dot { fill: var(--bad-edge); }
.group { fill: none; stroke: var(--edge); }
""".strip()


def draw(definition: Path = DEFINITION) -> str:
    """The drawing of a state machine, as SVG."""
    layout = Layout(Graph.read(definition))
    parts = (_frame(layout), _failures(layout), _ways(layout), _ends(layout), _states(layout))
    lines = [line for part in parts for line in part]
    height = f"{layout.height:g}"
    title = "The state machine FineTuning, from a dataset to a custom model in service"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img">\n<title>{title}</title>\n'
        f"<style>\n{_STYLE}\n</style>\n" + "\n".join(lines) + "\n</svg>\n"
    )


def _frame(layout: Layout) -> Iterator[str]:
    size = f'width="{WIDTH - 1}" height="{layout.height - 1:g}"'
    yield f'<rect class="paper" x="0.5" y="0.5" {size} rx="8"/>'
    for kind in ("", "pausing", "failing"):
        name = f"tip-{kind}" if kind else "tip"
        yield (
            f'<marker id="{name}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" '
            f'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
            f'<path class="{name}" d="M0 0.5 L8 4 L0 7.5 z"/></marker>'
        )
    yield from _legend()


def _legend() -> Iterator[str]:
    entries = (("Task", "a Lambda function"), ("Choice", "a decision"), ("Wait", "a pause"))
    for index, (kind, meaning) in enumerate(entries):
        x = 24 + index * 150
        yield f'<rect class="{kind}" x="{x}" y="21" width="18" height="12" rx="3"/>'
        yield f'<text class="small" x="{x + 25}" y="31">{meaning}</text>'
    yield f'<path class="failing" d="M{RAIL - 56} 27 h26"/>'
    meaning = "anything fails, or the run is cancelled"
    yield f'<text class="small" x="{RAIL - 22}" y="31">{meaning}</text>'


def _states(layout: Layout) -> Iterator[str]:
    for name, box in layout.boxes.items():
        kind = layout.graph.type_of(name)
        yield _shape(name, kind, box, layout)
        if kind in ("Fail", "Succeed"):
            yield f'<text class="{kind}" x="{box.x:g}" y="{box.y + 4.5:g}">{name}</text>'
        elif name in layout.graph.sides:
            yield from _side_words(name, box, layout)
        else:
            yield f'<text class="name" x="{box.x:g}" y="{box.y + 4.5:g}">{name}</text>'
    for row in (*layout.graph.rows, (layout.graph.rescue,)):
        yield from _row_words(row, layout)


def _shape(name: str, kind: str, box: Box, layout: Layout) -> str:
    if kind == "Choice":
        tip = box.height / 2
        return (
            f'<path class="Choice" d="M{box.left:g} {box.y:g} l{tip:g} {-tip:g} '
            f"H{box.right - tip:g} l{tip:g} {tip:g} l{-tip:g} {tip:g} "
            f'H{box.left + tip:g} z"/>'
        )
    radius = 14 if kind in ("Fail", "Succeed") else 6
    style = "rescue" if name == layout.graph.rescue else kind
    return (
        f'<rect class="{style}" x="{box.left:g}" y="{box.top:g}" width="{box.width:g}" '
        f'height="{box.height:g}" rx="{radius}"/>'
    )


def _side_words(name: str, box: Box, layout: Layout) -> Iterator[str]:
    minutes = int(layout.graph.states[name].get("Seconds", 0)) // _MINUTE
    pause = {0: "30 minutes at most", 1: "1 minute"}.get(minutes, f"{minutes} minutes")
    yield f'<text class="name pause" x="{box.x:g}" y="{box.y - 2:g}">{name}</text>'
    middle = f'x="{box.x:g}" y="{box.y + 13:g}" text-anchor="middle"'
    yield f'<text class="small" {middle}>{pause}</text>'
    summary = textwrap.wrap(layout.graph.summary_of(name), _SIDE_COLUMNS)
    yield from _lines(summary, box.left + 2, box.bottom + 15, "small", pitch=13)


def _row_words(row: tuple[str, ...], layout: Layout) -> Iterator[str]:
    """What the states of a row do, beside them; several take turns, each under its name."""
    words = [line for name in row for line in layout.words_of(name)]
    level = layout.boxes[row[0]].y - len(words) * LINE / 2 + 12
    x = WORDS if layout.graph.rescue not in row else layout.boxes[layout.graph.rescue].right + 14
    for style, text in words:
        yield from _lines([text], x, level, style)
        level += LINE


def _lines(
    lines: list[str], x: float, y: float, style: str, *, pitch: float = LINE
) -> Iterator[str]:
    for index, line in enumerate(lines):
        yield f'<text class="{style}" x="{x:g}" y="{y + index * pitch:g}">{escape(line)}</text>'


def _ways(layout: Layout) -> Iterator[str]:
    first = layout.boxes[layout.graph.start]
    yield f'<circle class="tip" cx="{AXIS}" cy="{first.top - 26:g}" r="5"/>'
    yield _path(((AXIS, first.top - 22), (AXIS, first.top)), "")
    for way in layout.ways:
        pausing = bool({way.edge.source, way.edge.target} & set(layout.graph.sides))
        failing = way.edge.source == layout.graph.rescue
        yield _path(way.points, "pausing" if pausing else "failing" if failing else "")
        if way.edge.label and not way.edge.caught and not pausing:
            x, y = way.label_at
            yield (
                f'<text class="small" x="{x:g}" y="{y:g}" text-anchor="{way.anchor}">'
                f"{escape(_label(way))}</text>"
            )


def _label(way: Way) -> str:
    """Between states that stand abreast there is room for the value alone."""
    label = way.edge.label
    return label.rpartition(": ")[2] if way.anchor == "middle" else label


def _failures(layout: Layout) -> Iterator[str]:
    rescue = layout.boxes[layout.graph.rescue]
    levels = []
    for name in layout.graph.failures:
        box = layout.boxes[name]
        level = box.bottom + 9 if layout.is_abreast(name) else box.y
        start = (
            f"M{box.right - 14:g} {box.bottom:g} V{level:g}"
            if level != box.y
            else (f"M{box.right:g} {level:g}")
        )
        yield f'<path class="failing" d="{start} H{RAIL}"/>'
        levels.append(level)
    for level in sorted(set(levels)):
        yield f'<circle class="dot" cx="{RAIL}" cy="{level:g}" r="2.5"/>'
    yield _path(((RAIL, min(levels)), (RAIL, rescue.top)), "failing")


def _ends(layout: Layout) -> Iterator[str]:
    boxes = [layout.boxes[name] for name in layout.graph.ends]
    top, bottom = min(b.top for b in boxes) - 14, max(b.bottom for b in boxes) + 14
    size = f'width="{WIDTH - 40}" height="{bottom - top:g}"'
    yield f'<rect class="group" x="20" y="{top:g}" {size} rx="8"/>'
    last = layout.boxes[layout.graph.rows[-1][0]]
    yield _path(((AXIS, last.bottom), (AXIS, top)), "")
    for edge in layout.graph.edges:
        if edge.caught and edge.target in layout.graph.ends:
            source = layout.boxes[edge.source]
            yield _path(((source.right - 10, source.bottom), (source.right - 10, top)), "failing")
            x, y = source.right - 2, last.y + 4
            yield f'<text class="small red" x="{x:g}" y="{y:g}">fails: {edge.target}</text>'


def _path(points: Points, style: str) -> str:
    tip = f"tip-{style}" if style else "tip"
    base = "failing" if style == "failing" else f"way {style}".strip()
    return f'<path class="{base}" d="{_rounded(points)}" marker-end="url(#{tip})"/>'


def _rounded(points: Points) -> str:
    """A line through the points, with round corners."""
    (x, y), *rest = points
    commands = [f"M{x:g} {y:g}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        into, out = _towards(corner, before), _towards(corner, after)
        commands.append(
            f"L{into[0]:g} {into[1]:g} Q{corner[0]:g} {corner[1]:g} {out[0]:g} {out[1]:g}"
        )
    commands.append(f"L{rest[-1][0]:g} {rest[-1][1]:g}")
    return " ".join(commands)


def _towards(corner: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    def step(start: float, end: float) -> float:
        return start + max(-_CORNER, min(_CORNER, (end - start) / 2))

    return step(corner[0], other[0]), step(corner[1], other[1])


if __name__ == "__main__":
    DRAWING.write_text(draw(), encoding="utf-8")
