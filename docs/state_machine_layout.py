"""Places the states of a graph: the main line downwards, pauses to its left, words to its right."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from docs.state_machine_graph import Edge, Graph

WIDTH = 920
AXIS = 330
RAIL = 530
WORDS = 552
NEAR_LANE, FAR_LANE, RIGHT_LANE = 190, 13, 492
LINE = 16
RESCUE_LEFT = 478

_TOP = 76
_PITCH = 60
_CARD = (250, 36)
_CHOICE = (210, 32)
_ABREAST = (168, 36)
_SIDE = (154, 40)
_SIDE_CENTRE = 101
_GAP = 16
_BELOW_ABREAST = 34
_AROUND_WORDS = 16
_WORDS_COLUMNS = 60
_RESCUE_COLUMNS = 33
_LONG_WAY = 3
_END_COLUMNS = 4
_END = (205, 28)
_LABEL = 13


@dataclass(frozen=True, kw_only=True)
class Box:
    """A state's rectangle, by its centre."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height / 2


Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Way:
    """An edge as corners from its source to its target; the label stands at `label_at`."""

    edge: Edge
    points: Points
    label_at: tuple[float, float] = (0, 0)
    anchor: str = "start"


@dataclass(frozen=True)
class Layout:
    """Where everything of a graph stands."""

    graph: Graph

    @cached_property
    def boxes(self) -> dict[str, Box]:
        """The rectangle of every state."""
        placed = {name: box for row in self._rows() for name, box in row}
        for name in self.graph.sides:
            level = placed[self.graph.states[name]["Next"]].y
            width, height = _SIDE
            placed[name] = Box(x=_SIDE_CENTRE, y=level, width=width, height=height)
        bottom = max(box.bottom for box in placed.values())
        return placed | dict(self._ends(bottom + 50))

    @property
    def height(self) -> float:
        """The height of the drawing."""
        return max(box.bottom for box in self.boxes.values()) + 28

    @property
    def ways(self) -> Iterator[Way]:
        """The edges between states, but for those to the ends, which one arrow stands for."""
        taken: list[tuple[float, float]] = []
        for edge in self.graph.edges:
            if edge.target not in self.graph.ends and not self._is_second(edge):
                way = self._way(edge)
                x, y = way.label_at
                yield replace(way, label_at=(x, y - taken.count((x, y)) * _LABEL))
                taken.append((x, y))

    def depth_of(self, name: str) -> int:
        """The row of a state of the main line."""
        return next(depth for depth, row in enumerate(self.graph.rows) if name in row)

    def words_of(self, name: str) -> list[tuple[str, str]]:
        """What stands beside a state, line by line, each with its style."""
        if self.graph.type_of(name) == "Choice":
            return []
        columns = _RESCUE_COLUMNS if name == self.graph.rescue else _WORDS_COLUMNS
        summary = textwrap.wrap(self.graph.summary_of(name), columns)
        outcomes = " or ".join(self.graph.outcomes_of(name))
        return [
            *([("strong", name)] if self.is_abreast(name) else []),
            *(("words", line) for line in summary),
            *([("small red", f"may end as {outcomes}")] if outcomes else []),
        ]

    def is_abreast(self, name: str) -> bool:
        """Whether a state shares its row."""
        return any(name in row and len(row) > 1 for row in self.graph.rows)

    def _rows(self) -> Iterator[list[tuple[str, Box]]]:
        level = float(_TOP)
        after_rescue = self.graph.states[self.graph.rescue]["Next"]
        for row in self.graph.rows:
            if after_rescue in row:
                yield [(self.graph.rescue, self._rescue_box(level + _PITCH / 2))]
                level += _PITCH
            extent = self._extent(row)
            yield list(self._abreast(row, level + extent / 2))
            level += extent

    def _extent(self, row: tuple[str, ...]) -> float:
        """How much of the height a row takes: its boxes, or the words beside them."""
        lines = sum(len(self.words_of(name)) for name in row)
        below = _BELOW_ABREAST if len(row) > 1 else 0
        return max(_PITCH + below, lines * LINE + _AROUND_WORDS)

    def _rescue_box(self, level: float) -> Box:
        width = _CARD[0] - 50
        return Box(x=RESCUE_LEFT + width / 2, y=level, width=width, height=_CARD[1])

    def _abreast(self, row: tuple[str, ...], level: float) -> Iterator[tuple[str, Box]]:
        if len(row) == 1:
            width, height = _CHOICE if self.graph.type_of(row[0]) == "Choice" else _CARD
            yield row[0], Box(x=AXIS, y=level, width=width, height=height)
            return
        width, height = _ABREAST
        first = AXIS - (len(row) - 1) * (width + _GAP) / 2
        for index, name in enumerate(row):
            yield name, Box(x=first + index * (width + _GAP), y=level, width=width, height=height)

    def _ends(self, top: float) -> Iterator[tuple[str, Box]]:
        width, height = _END
        gap = (WIDTH - 40 - _END_COLUMNS * width) / (_END_COLUMNS + 1)
        for index, name in enumerate(self.graph.ends):
            column, row = index % _END_COLUMNS, index // _END_COLUMNS
            yield (
                name,
                Box(
                    x=20 + gap + width / 2 + column * (width + gap),
                    y=top + height / 2 + row * (height + 12),
                    width=width,
                    height=height,
                ),
            )

    def _is_second(self, edge: Edge) -> bool:
        return edge.caught and any(
            (each.source, each.target, each.caught) == (edge.source, edge.target, False)
            for each in self.graph.edges
        )

    def _way(self, edge: Edge) -> Way:
        source, target = self.boxes[edge.source], self.boxes[edge.target]
        if edge.target in self.graph.sides:
            return Way(edge=edge, points=self._to_side(edge, source, target))
        if edge.source in self.graph.sides:
            return Way(edge=edge, points=_across(target.y - 9, source.right, target.left))
        if edge.source == self.graph.rescue:
            corners = ((RAIL, source.bottom), (RAIL, target.y), (target.right, target.y))
            return Way(edge=edge, points=corners)
        return self._on_main_line(edge, source, target)

    def _to_side(self, edge: Edge, source: Box, side: Box) -> Points:
        """Pauses are entered from below, or from the right where their source is beside them."""
        enters = side.right - 30
        if source.y == side.y:
            return _across(side.y + 1, source.left, side.right)
        if not self.is_abreast(edge.source) or source.x < AXIS:
            return ((source.left, source.y), (enters, source.y), (enters, side.bottom))
        under, leaves = source.bottom + 17, source.left + 16
        return ((leaves, source.bottom), (leaves, under), (enters, under), (enters, side.bottom))

    def _on_main_line(self, edge: Edge, source: Box, target: Box) -> Way:
        steps = self.depth_of(edge.target) - self.depth_of(edge.source)
        if steps == 1:
            return self._down(edge, source, target)
        if 1 < steps <= _LONG_WAY:
            label_at, anchor = (source.right + 6, source.y - 5), "start"
            points = _around(RIGHT_LANE, source.right, source.y, target.right, target.y)
        else:
            label_at, anchor = (source.left - 6, source.y - 5), "end"
            lane, enters = (NEAR_LANE, target.y + 12) if steps < 0 else (FAR_LANE, target.y)
            points = _around(lane, source.left, source.y, target.left, enters)
        return Way(edge=edge, points=points, label_at=label_at, anchor=anchor)

    def _down(self, edge: Edge, source: Box, target: Box) -> Way:
        if source.x == target.x:
            corners: Points = ((source.x, source.bottom), (target.x, target.top))
            return Way(edge=edge, points=corners, label_at=(AXIS + 8, source.bottom + 16))
        bend = target.top - 12 if source.x == AXIS else target.top - 10
        corners = (
            (source.x, source.bottom),
            (source.x, bend),
            (target.x, bend),
            (target.x, target.top),
        )
        return Way(
            edge=edge,
            points=corners,
            label_at=((source.x + target.x) / 2, bend - 4),
            anchor="middle",
        )


def _across(level: float, start: float, end: float) -> Points:
    return ((start, level), (end, level))


def _around(lane: float, start: float, level: float, end: float, arrival: float) -> Points:
    return ((start, level), (lane, level), (lane, arrival), (end, arrival))
