"""The layout of the boxes of an entity-relationship diagram.

Tables connected by keys form a group. A group is arranged in columns by the distance from its most
connected table, so that a line connects neighboring columns and crosses no box. There are two ways
to map distances to columns: *spread*, with branches to the left and to the right of the middle,
and *folded*, with distances that go back and forth between a few columns (0 1 2 1 0 ...). All
layouts are tried, and the one that appears largest with the fewest crossings is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import fmean

__all__ = ["BoxPosition", "arrange"]

COLUMN_GAP = 64.0
ROW_GAP = 20.0
GROUP_GAP = 44.0
_SWEEPS = 6
_CROSSING = 0.06  # penalty of a crossing, as a share of the size
_MANY_LINKS = 80  # with more links, crossings are not counted
_FOLDS = (2, 3, 4, None)  # numbers of columns; None means spread


@dataclass(frozen=True)
class BoxPosition:
    """The upper left corner of a box, in pixels, and its column in the group."""

    x: float
    y: float
    column: int = 0


Size = tuple[float, float]
Neighbours = Mapping[int, set[int]]
Group = dict[int, BoxPosition]


def arrange(
    sizes: Sequence[Size], links: Iterable[tuple[int, int]], space: Size
) -> list[BoxPosition]:
    """Return a position for each box of ``sizes`` (width, height) that suits ``space``.

    ``links`` are pairs of indexes into ``sizes``; a box may be linked to itself.
    """
    links = sorted({(min(link), max(link)) for link in links})
    neighbours: dict[int, set[int]] = {box: set() for box in range(len(sizes))}
    for a, b in links:
        if a != b:
            neighbours[a].add(b)
            neighbours[b].add(a)
    connected = sorted(_connected(neighbours), key=lambda group: (-len(group), group[0]))
    candidates = [
        _pack(groups, sizes, ratio)
        for folds in _FOLDS
        if (groups := [_lay_out(group, folds, sizes, neighbours) for group in connected])
        for ratio in (0.5, 0.8, 1.2, 1.8)
    ]
    best = max(candidates, key=lambda places: _merit(places, sizes, links, space))
    return [best[box] for box in sorted(best)]


def _merit(
    places: Group, sizes: Sequence[Size], links: Sequence[tuple[int, int]], space: Size
) -> float:
    """Return the scale of the layout in ``space``, reduced for each crossing."""
    width, height = _extent(places, sizes)
    scale = min(1.0, space[0] / width, space[1] / height)
    return scale / (1 + _CROSSING * _crossings(places, sizes, links))


def _crossings(places: Group, sizes: Sequence[Size], links: Sequence[tuple[int, int]]) -> int:
    """Count the pairs of links that cross if drawn between the centers of boxes."""
    if len(links) > _MANY_LINKS:
        return 0
    middle = {
        box: complex(place.x + sizes[box][0] / 2, place.y + sizes[box][1] / 2)
        for box, place in places.items()
    }
    return sum(
        _cross(middle[a], middle[b], middle[c], middle[d])
        for (a, b), (c, d) in combinations(links, 2)
        if len({a, b, c, d}) == 4
    )


def _cross(a: complex, b: complex, c: complex, d: complex) -> bool:
    """Whether the segments from ``a`` to ``b`` and from ``c`` to ``d`` cross."""
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _turn(a: complex, b: complex, c: complex) -> float:
    return ((b - a).conjugate() * (c - a)).imag


def _connected(neighbours: Neighbours, without: int | None = None) -> list[list[int]]:
    """Return the connected groups of boxes, ignoring ``without``."""
    seen = {without}
    groups = []
    for start in neighbours:
        if start in seen:
            continue
        group, open_ = [], [start]
        seen.add(start)
        while open_:
            box = open_.pop(0)
            group.append(box)
            new = sorted(neighbours[box] - seen)
            seen.update(new)
            open_ += new
        groups.append(group)
    return groups


def _lay_out(
    group: Sequence[int], folds: int | None, sizes: Sequence[Size], neighbours: Neighbours
) -> Group:
    middle = max(group, key=lambda box: (len(neighbours[box]), -box))
    if folds is None:
        return _place_columns(_spread(middle, group, sizes, neighbours), sizes, neighbours)
    columns: dict[int, list[int]] = {0: [middle]}
    for box, distance in _distances(middle, group, neighbours).items():
        columns.setdefault(_fold(distance, folds), []).append(box)
    return _place_columns(columns, sizes, neighbours)


def _fold(distance: int, columns: int) -> int:
    """Fold ``distance`` into the range from 0 to ``columns`` - 1, back and forth."""
    turn = 2 * (columns - 1)
    return min(distance % turn, turn - distance % turn)


def _spread(
    middle: int, group: Sequence[int], sizes: Sequence[Size], neighbours: Neighbours
) -> dict[int, list[int]]:
    """Arrange columns on both sides of ``middle``; each branch goes to the emptier side."""
    inner = {box: neighbours[box] for box in group}
    columns: dict[int, list[int]] = {0: [middle]}
    height = {-1: 0.0, 1: 0.0}
    branches = _connected(inner, without=middle)
    for branch in sorted(branches, key=lambda b: (-_height(b, sizes), b[0])):
        side = 1 if height[1] <= height[-1] else -1
        height[side] += _height(branch, sizes)
        for box, distance in _distances(middle, branch, inner).items():
            columns.setdefault(side * distance, []).append(box)
    return columns


def _height(boxes: Iterable[int], sizes: Sequence[Size]) -> float:
    return sum(sizes[box][1] + ROW_GAP for box in boxes)


def _distances(start: int, among: Iterable[int], neighbours: Neighbours) -> dict[int, int]:
    """Count the links from ``start`` to each box of ``among`` on paths within ``among``."""
    left, distance, edge = set(among) - {start}, 0, [start]
    found: dict[int, int] = {}
    while edge:
        distance += 1
        edge = sorted({n for box in edge for n in neighbours[box]} & left)
        left.difference_update(edge)
        found.update(dict.fromkeys(edge, distance))
    return found


def _place_columns(
    columns: Mapping[int, Sequence[int]], sizes: Sequence[Size], neighbours: Neighbours
) -> Group:
    """Place columns from left to right, and boxes at the height of the boxes they link to."""
    centre: dict[int, float] = {}
    for column in sorted(columns, key=lambda c: (abs(c), c)):
        _stack(columns[column], centre, sizes, neighbours)
    for _ in range(_SWEEPS):
        for column in sorted(columns):
            _stack(columns[column], centre, sizes, neighbours)
    places: Group = {}
    x = 0.0
    top = min(centre[box] - sizes[box][1] / 2 for box in centre)
    for column in sorted(columns):
        width = max(sizes[box][0] for box in columns[column])
        for box in columns[column]:
            y = centre[box] - sizes[box][1] / 2 - top
            places[box] = BoxPosition(x + (width - sizes[box][0]) / 2, y, column)
        x += width + COLUMN_GAP
    return places


def _stack(
    boxes: Sequence[int],
    centre: dict[int, float],
    sizes: Sequence[Size],
    neighbours: Neighbours,
) -> None:
    """Move ``boxes`` as close to the average height of their neighbors as they fit."""
    here = set(boxes)
    wish = {}
    for box in boxes:
        known = [centre[n] for n in neighbours[box] - here if n in centre]
        wish[box] = fmean(known) if known else centre.get(box, 0.0)
    order = sorted(boxes, key=lambda box: (wish[box], box))
    bottom, at = float("-inf"), {}
    for box in order:
        half = sizes[box][1] / 2
        at[box] = max(wish[box], bottom + ROW_GAP + half)
        bottom = at[box] + half
    # boxes were only pushed down, so the whole column is moved back up
    shift = fmean(wish[box] - at[box] for box in order)
    centre.update({box: y + shift for box, y in at.items()})


def _pack(groups: Sequence[Group], sizes: Sequence[Size], ratio: float) -> Group:
    """Place groups in rows, about ``ratio`` times as wide as high if their widths allow it."""
    extents = [_extent(group, sizes) for group in groups]
    area = sum((w + GROUP_GAP) * (h + GROUP_GAP) for w, h in extents)
    limit = max([(area * ratio) ** 0.5, *(w for w, _ in extents)], default=0.0)
    places: Group = {}
    x = y = row_height = 0.0
    for group, (width, height) in zip(groups, extents, strict=True):
        if x and x + width > limit:
            x, y, row_height = 0.0, y + row_height + GROUP_GAP, 0.0
        places.update({b: replace(p, x=p.x + x, y=p.y + y) for b, p in group.items()})
        x += width + GROUP_GAP
        row_height = max(row_height, height)
    return places


def _extent(group: Group, sizes: Sequence[Size]) -> Size:
    return (
        max(place.x + sizes[box][0] for box, place in group.items()),
        max(place.y + sizes[box][1] for box, place in group.items()),
    )
