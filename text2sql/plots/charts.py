"""Plots as SVG, to stand inside a page: colours come from the page's style sheet.

Series are coloured by the CSS classes ``s0``, ``s1``, ...; text, lines and grid follow the page,
light or dark. Every mark has a ``<title>`` that a browser shows on hover.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup

from text2sql.wording import cut

__all__ = ["Point", "bars", "histogram", "intervals", "named", "stacks", "svg_image", "svg_text"]

_WIDTH = 600  # pixels; where a plot has this room, its letters have their own size
_FONT_PX = 12
_CHARACTER_PX = 6.6


@dataclass(frozen=True)
class Point:
    """A percentage with its interval and the number of items behind it."""

    percent: float
    low: float
    high: float
    n: int


def bars(
    groups: Mapping[str, Mapping[str, Point]], width: int = _WIDTH, height: int = 270
) -> Markup:
    """Upright bars in percent with their intervals: one group a key, one bar a series."""
    left, bottom, top = 34, 40, 10
    scale = (height - top - bottom) / 100
    slot = (width - left) / max(1, len(groups))
    parts = list(_percent_grid(left, width, top, scale))
    for place, (name, points) in enumerate(groups.items()):
        start = left + place * slot
        bar = min(46.0, slot * 0.78 / max(1, len(points)))
        first = start + (slot - bar * len(points)) / 2
        for series, (label, point) in enumerate(points.items()):
            x = first + series * bar
            parts.append(_bar(x, bar, point, series, f"{name}, {label}", top, scale))
        n = next(iter(points.values())).n if points else 0
        middle = start + slot / 2
        parts.append(svg_text(middle, height - 22, name, "middle"))
        parts.append(svg_text(middle, height - 6, f"n = {n:,}", "middle", "faint"))
    return svg_image(width, height, parts)


def _bar(
    x: float, width: float, point: Point, series: int, title: str, top: float, scale: float
) -> Markup:
    y, base = top + (100 - point.percent) * scale, top + 100 * scale
    low, high = (top + (100 - value) * scale for value in (point.low, point.high))
    middle = x + width / 2 - 1
    label = f"{title}: {_interval(point)}"
    value = Markup()
    if width >= 26:
        value = svg_text(middle, min(high, y) - 4, f"{point.percent:.0f}", "middle", "value")
    ends = f"M{middle - 4:.1f} {low:.1f}h8M{middle - 4:.1f} {high:.1f}h8"
    return Markup(
        '<g><title>{}</title><rect class="s{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" '
        'height="{:.1f}" rx="2"/><path class="whisker" d="M{:.1f} {:.1f}V{:.1f}{}"/>{}</g>'
    ).format(label, series, x, y, width - 2, base - y, middle, low, high, ends, value)


def _percent_grid(left: float, width: float, top: float, scale: float) -> Iterator[Markup]:
    for percent in range(0, 101, 20):
        y = top + (100 - percent) * scale
        yield Markup('<path class="grid" d="M{} {:.1f}H{}"/>').format(left, y, width)
        yield svg_text(left - 6, y + 4, str(percent), "end", "faint")


def intervals(rows: Mapping[str, Mapping[str, Point]], width: int = _WIDTH) -> Markup:
    """A row a key, a dot with its interval a series: for many groups beside each other."""
    row_px, top, bottom = 26, 8, 24
    left = min(240.0, 16 + _CHARACTER_PX * max((len(name) for name in rows), default=0))
    right = width - 64
    scale = (right - left) / 100
    height = top + row_px * len(rows) + bottom
    parts = []
    for percent in range(0, 101, 20):
        x = left + percent * scale
        parts.append(
            Markup('<path class="grid" d="M{:.1f} {}V{}"/>').format(x, top, height - bottom)
        )
        parts.append(svg_text(x, height - 8, str(percent), "middle", "faint"))
    for place, (name, points) in enumerate(rows.items()):
        middle = top + row_px * (place + 0.5)
        parts.append(svg_text(left - 10, middle + 4, cut(name, 32), "end"))
        for series, (label, point) in enumerate(points.items()):
            y = middle + 6 * (series - (len(points) - 1) / 2)
            parts.append(_dot(left, y, scale, point, series, f"{name}, {label}"))
        n = next(iter(points.values())).n if points else 0
        parts.append(svg_text(width - 4, middle + 4, f"{n:,}", "end", "faint"))
    return svg_image(width, height, parts)


def _dot(left: float, y: float, scale: float, point: Point, series: int, title: str) -> Markup:
    low, x, high = (left + v * scale for v in (point.low, point.percent, point.high))
    return Markup(
        "<g><title>{}</title>"
        '<path class="line s{}" d="M{:.1f} {:.1f}H{:.1f}"/>'
        '<circle class="s{}" cx="{:.1f}" cy="{:.1f}" r="4"/></g>'
    ).format(f"{title}: {_interval(point)}", series, low, y, high, series, x, y)


def _interval(point: Point) -> str:
    return f"{point.percent:.1f} ({point.low:.1f} to {point.high:.1f}, n = {point.n:,})"


def stacks(rows: Mapping[str, Mapping[str, int]], width: int = _WIDTH) -> Markup:
    """A row a key, cut into parts by their counts; the parts have the series' colours."""
    row_px, top = 28, 4
    left = 16 + _CHARACTER_PX * max((len(name) for name in rows), default=0)
    most = max((sum(counts.values()) for counts in rows.values()), default=0) or 1
    scale = (width - left - 50) / most
    parts = []
    for place, (name, counts) in enumerate(rows.items()):
        y, x = top + row_px * place, left
        parts.append(svg_text(left - 10, y + 17, name, "end"))
        for series, (label, number) in enumerate(counts.items()):
            if number:
                parts.append(_part(x, y, number * scale, series, f"{name}, {label}", number))
            x += number * scale
        parts.append(svg_text(x + 8, y + 17, f"{sum(counts.values()):,}", "start", "faint"))
    return svg_image(width, top + row_px * len(rows) + 4, parts)


def _part(x: float, y: float, width: float, series: int, title: str, number: int) -> Markup:
    text = str(number)
    label = ""
    if width > _CHARACTER_PX * len(text) + 8:
        label = svg_text(x + width / 2, y + 17, text, "middle", f"on on{series}")
    return Markup(
        "<g><title>{}: {:,}</title>"
        '<rect class="s{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" '
        'height="21" rx="2"/>{}</g>'
    ).format(title, number, series, x, y + 2, max(1, width - 1), label)


def histogram(
    values: Sequence[float], unit: str, marks: Mapping[str, float], width: int = _WIDTH
) -> Markup:
    """How often values come, with named marks among them; the longest 1% is in the last bar."""
    height, left, bottom, top = 230, 12, 34, 44
    edges = _edges(values)
    counts = [0] * (len(edges) - 1)
    step = edges[1] - edges[0]
    for value in values:
        counts[min(int((value - edges[0]) / step), len(counts) - 1)] += 1
    slot = (width - left - 10) / len(counts)
    scale = (height - top - bottom) / max(counts)
    base = height - bottom
    parts = [Markup('<path class="grid" d="M{} {}H{}"/>').format(left, base, width - 10)]
    for place, number in enumerate(counts):
        x, y = left + place * slot, base - number * scale
        title = f"{_short(edges[place])} to {_short(edges[place + 1])} {unit}: {number:,}"
        parts.append(
            Markup(
                '<g><title>{}</title><rect class="s0" x="{:.1f}" y="{:.1f}" '
                'width="{:.1f}" height="{:.1f}"/></g>'
            ).format(title, x, y, max(1, slot - 1), base - y)
        )
    for place in range(0, len(edges), max(1, len(counts) // 8)):
        text = _short(edges[place])
        parts.append(svg_text(left + place * slot, base + 16, text, "middle", "faint"))
    parts.append(svg_text(width - 10, height - 2, unit, "end", "faint"))
    for place, (name, value) in enumerate(marks.items()):
        x = left + min((value - edges[0]) / step, len(counts)) * slot
        y = 12 + 16 * place  # above the bars, each on a line of its own
        parts.append(Markup('<path class="mark" d="M{:.1f} {}V{}"/>').format(x, y - 8, base))
        parts.append(svg_text(x + 5, y, f"{name} {_short(value)} {unit}", "start"))
    return svg_image(width, height, parts)


def _edges(values: Sequence[float]) -> list[float]:
    """Up to forty equal steps of a round size over all but the longest values."""
    ordered = sorted(values)
    low, high = ordered[0], ordered[ceil(0.99 * (len(ordered) - 1))]
    span = max(high - low, 1e-6)
    size = 10 ** floor(log10(span / 40))
    step = next(size * times for times in (1, 2, 5, 10) if span / (size * times) <= 40)
    start = floor(low / step) * step
    return [start + step * i for i in range(floor((high - start) / step) + 2)]


def _short(value: float) -> str:
    """Three digits, or a whole number where those would need a power of ten."""
    return f"{value:.3g}" if abs(value) < 999.5 else f"{value:,.0f}"


def svg_text(x: float, y: float, text: str, anchor: str, style: str = "") -> Markup:
    """Escaped text at a place; ``anchor`` is start, middle or end, ``style`` a class."""
    named = Markup(' class="{}"').format(style) if style else ""
    return Markup('<text{} x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        named, x, y, anchor, text
    )


def named(svg: Markup, name: str) -> Markup:
    """Return a plot with the name that screen readers say."""
    label = Markup('<svg aria-label="{}" ').format(name)
    return svg.replace(Markup("<svg "), label, 1)


def svg_image(width: float, height: float, parts: Sequence[Markup]) -> Markup:
    """The parts of a plot as one image, as wide as there is room."""
    return (
        Markup('<svg viewBox="0 0 {} {}" role="img" font-size="{}">').format(
            width, height, _FONT_PX
        )
        + Markup("").join(parts)
        + Markup("</svg>")
    )
