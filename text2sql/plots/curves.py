"""Curves as SVG: training, what probabilities came to, how times grow; files that hold a plot.

Colours are those of ``charts``: classes that the page's style sheet knows, and that a picture in a
file of its own brings along.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor, log10, sqrt
from pathlib import Path

from markupsafe import Markup

from text2sql.atomic import write_text
from text2sql.plots.charts import Point, svg_image, svg_text

__all__ = ["Series", "growth", "lines", "reliability", "save_picture"]

#: Places and heights, both above zero.
Series = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 560, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 20, 34, 52
_WIDE, _HIGH = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
_STYLE = Markup("""
svg { --text: #1d2126; --faint: #5d656f; --grid: #e2e4e8; --s0: #0f766e; --s1: #c2660a;
  --s2: #6d28d9; --s3: #be185d;
  font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; background: #ffffff; }
@media (prefers-color-scheme: dark) { svg { --text: #e4e7eb; --faint: #98a1ac; --grid: #30363f;
  --s0: #2dd4bf; --s1: #f0a94a; --s2: #c4b5fd; --s3: #f9a8d4; background: #14171b; } }
text { fill: var(--text); } text.faint { fill: var(--faint); }
.grid { stroke: var(--grid); fill: none; } .mark { stroke: var(--faint); stroke-dasharray: 4 4;
  fill: none; } .line { stroke-width: 2; fill: none; }
.s0 { fill: var(--s0); stroke: var(--s0); } .s1 { fill: var(--s1); stroke: var(--s1); }
.s2 { fill: var(--s2); stroke: var(--s2); } .s3 { fill: var(--s3); stroke: var(--s3); }
path.line { fill: none; }
""")


def reliability(bins: Sequence[tuple[float, Point]]) -> Markup:
    """How many answers of each probability are right, with 95% intervals; larger dots are more.

    On the dashed line a probability means what it says.
    """
    most = max(right.n for _, right in bins)
    parts = [svg_text(_LEFT, 16, "right, in percent", "start", "faint")]
    for percent in range(0, 101, 20):
        x, y = _LEFT + percent / 100 * _WIDE, _TOP + (1 - percent / 100) * _HIGH
        parts.append(
            Markup('<path class="grid" d="M{} {:.1f}H{}"/>').format(_LEFT, y, _WIDTH - _RIGHT)
        )
        parts.append(svg_text(_LEFT - 10, y + 4, str(percent), "end", "faint"))
        parts.append(svg_text(x, _TOP + _HIGH + 20, str(percent), "middle", "faint"))
    said = "said to be right, in percent"
    parts.append(svg_text(_WIDTH - _RIGHT, _HEIGHT - 8, said, "end", "faint"))
    parts.append(
        Markup('<path class="mark" d="M{} {}L{} {}"/>').format(
            _LEFT, _TOP + _HIGH, _WIDTH - _RIGHT, _TOP
        )
    )
    parts += [_dot(said, right, 3 + 6 * sqrt(right.n / most)) for said, right in bins]
    return svg_image(_WIDTH, _HEIGHT, parts)


def _dot(probability: float, right: Point, radius: float) -> Markup:
    low, y, high = (
        _TOP + (1 - percent / 100) * _HIGH for percent in (right.low, right.percent, right.high)
    )
    x = _LEFT + probability * _WIDE
    title = (
        f"said {probability:.0%}: {right.percent:.1f}% right "
        f"({right.low:.1f} to {right.high:.1f}, n = {right.n:,})"
    )
    return Markup(
        "<g><title>{}</title>"
        '<path class="line s0" opacity="0.55" d="M{:.1f} {:.1f}V{:.1f}"/>'
        '<circle class="s0" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/></g>'
    ).format(title, x, low, high, x, y, radius)


def lines(
    series: Mapping[str, Series], across: str, most: float | None = None, legend: bool = True
) -> Markup:
    """A line for each of ``series``, from zero up to ``most`` or a round number.

    Args:
        across: what runs from left to right.
        legend: whether the names of the series stand above the lines.
    """
    points = [point for line in series.values() for point in line]
    first, last = min(x for x, _ in points), max(x for x, _ in points)
    top = most if most is not None else _round_up(max(y for _, y in points))

    def place(x: float, y: float) -> tuple[float, float]:
        share = (x - first) / (last - first) if last > first else 0.5
        return _LEFT + share * _WIDE, _TOP + (1 - min(y, top) / top) * _HIGH

    parts = [*_legend(series)] if legend else []
    for step in range(5):
        y = place(first, top * step / 4)[1]
        parts.append(
            Markup('<path class="grid" d="M{} {:.1f}H{}"/>').format(_LEFT, y, _WIDTH - _RIGHT)
        )
        parts.append(svg_text(_LEFT - 8, y + 4, f"{top * step / 4:.3g}", "end", "faint"))
    for x in _ticks(points):
        at = place(x, 0)[0]
        parts.append(svg_text(at, _TOP + _HIGH + 20, f"{x:g}", "middle", "faint"))
    parts.append(svg_text(_LEFT + _WIDE / 2, _HEIGHT - 8, across, "middle", "faint"))
    for number, (name, line) in enumerate(series.items()):
        placed = [(*place(x, y), f"{name}, {across} {x:g}: {y:.4g}") for x, y in line]
        parts.append(_line(number, placed))
    return svg_image(_WIDTH, _HEIGHT, parts)


def _round_up(value: float) -> float:
    """A digit that four levels divide well, times a power of ten, and at least ``value``."""
    if value < 1e-9:  # nothing, or too little for the digits that there are
        return 1.0
    size: float = 10 ** floor(log10(value))
    return next(size * times for times in (1, 2, 3, 4, 5, 6, 8, 10) if size * times >= value)


def _ticks(points: Series) -> list[float]:
    """Up to seven of the places where something was measured."""
    places = sorted({x for x, _ in points})
    return places[:: max(1, ceil(len(places) / 7))]


def growth(series: Mapping[str, Series], across: str, unit: str) -> Markup:
    """A line for each of ``series``; both directions in powers of ten.

    Args:
        across: what grows from left to right.
        unit: of the heights.
    """
    points = [point for line in series.values() for point in line]
    xs, ys = ([log10(point[i]) for point in points] for i in (0, 1))
    bottom, top = floor(min(ys)), max(ceil(max(ys)), floor(min(ys)) + 1)
    left, wide = min(xs), max(max(xs) - min(xs), 1e-9)

    def place(x: float, y: float) -> tuple[float, float]:
        share = (log10(y) - bottom) / (top - bottom)
        return _LEFT + 16 + (log10(x) - left) / wide * (_WIDE - 40), _TOP + (1 - share) * _HIGH

    parts = [*_legend(series)]
    for power in range(bottom, top + 1):
        y = place(points[0][0], 10**power)[1]
        parts.append(
            Markup('<path class="grid" d="M{} {:.1f}H{}"/>').format(_LEFT, y, _WIDTH - _RIGHT)
        )
        parts.append(svg_text(_LEFT - 8, y + 4, f"{10**power:,} {unit}", "end", "faint"))
    for x in sorted({x for x, _ in points}):
        at = place(x, 10**bottom)[0]
        parts.append(svg_text(at, _TOP + _HIGH + 20, f"{x:,.0f}", "middle", "faint"))
    parts.append(svg_text(_WIDTH - _RIGHT, _HEIGHT - 8, across, "end", "faint"))
    for number, (name, line) in enumerate(series.items()):
        placed = [(*place(x, y), f"{name}, {x:,.0f} {across}: {y:,.0f} {unit}") for x, y in line]
        parts.append(_line(number, placed))
    return svg_image(_WIDTH, _HEIGHT, parts)


def _legend(series: Mapping[str, Series]) -> Iterator[Markup]:
    x = float(_LEFT)
    for number, name in enumerate(series):
        yield Markup('<circle class="s{}" cx="{:.1f}" cy="12" r="4"/>').format(number, x + 4)
        yield svg_text(x + 14, 16, name, "start")
        x += 34 + 6.4 * len(name)


def _line(number: int, placed: Sequence[tuple[float, float, str]]) -> Markup:
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in placed)
    dots = Markup("").join(
        Markup(
            '<circle class="s{}" cx="{:.1f}" cy="{:.1f}" r="4"><title>{}</title></circle>'
        ).format(number, x, y, title)
        for x, y, title in placed
    )
    return Markup('<path class="line s{}" d="M{}"/>{}').format(number, path, dots)


def save_picture(plots: Sequence[Markup], path: Path, title: str) -> None:
    """Write plots beside one another as an SVG file, light or dark as its reader's screen is.

    Raises:
        SaveError: the file cannot be written.
    """
    width = _WIDTH * len(plots)
    inner = Markup("").join(
        plot.replace(
            Markup("<svg "),
            Markup('<svg x="{}" width="{}" height="{}" ').format(_WIDTH * n, _WIDTH, _HEIGHT),
            1,
        )
        for n, plot in enumerate(plots)
    )
    write_text(
        path,
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="{}" '
            'height="{}" role="img"><title>{}</title>'
            "<style>{}</style>{}</svg>\n"
        ).format(width, _HEIGHT, width, _HEIGHT, title, _STYLE, inner),
    )
