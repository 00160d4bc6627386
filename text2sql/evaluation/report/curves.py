"""Curves as SVG: what probabilities came to, and how times grow; and files that hold such a plot.

Colours are those of ``charts``: classes that the page's style sheet knows, and that a picture in a
file of its own brings along.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor, log10, sqrt
from pathlib import Path

from markupsafe import Markup

from text2sql.atomic import write_text
from text2sql.evaluation.calibration import Bin
from text2sql.evaluation.report.charts import svg_image, svg_text

__all__ = ["Series", "growth", "reliability", "save_picture"]

#: Places and heights, both above zero.
Series = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 560, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 20, 34, 52
_WIDE, _HIGH = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
_STYLE = Markup("""
svg { --text: #1d2126; --faint: #5d656f; --grid: #e2e4e8; --s0: #0f766e; --s1: #c2660a;
  font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; background: #ffffff; }
@media (prefers-color-scheme: dark) { svg { --text: #e4e7eb; --faint: #98a1ac; --grid: #30363f;
  --s0: #2dd4bf; --s1: #f0a94a; background: #14171b; } }
text { fill: var(--text); } text.faint { fill: var(--faint); }
.grid { stroke: var(--grid); fill: none; } .mark { stroke: var(--faint); stroke-dasharray: 4 4;
  fill: none; } .line { stroke-width: 2; fill: none; }
.s0 { fill: var(--s0); stroke: var(--s0); } .s1 { fill: var(--s1); stroke: var(--s1); }
path.s0, path.s1 { fill: none; }
""")


def reliability(bins: Sequence[Bin]) -> Markup:
    """How many answers of each probability are right, with 95% intervals; larger dots are more.

    On the dashed line a probability means what it says.
    """
    most = max(b.right.n for b in bins)
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
    parts += [_dot(b, 3 + 6 * sqrt(b.right.n / most)) for b in bins]
    return svg_image(_WIDTH, _HEIGHT, parts)


def _dot(found: Bin, radius: float) -> Markup:
    low, y, high = (
        _TOP + (1 - percent / 100) * _HIGH
        for percent in (found.right.low, found.right.percent, found.right.high)
    )
    x, right = _LEFT + found.probability * _WIDE, found.right
    title = (
        f"said {found.probability:.0%}: {right.percent:.1f}% right "
        f"({right.low:.1f} to {right.high:.1f}, n = {right.n:,})"
    )
    return Markup(
        "<g><title>{}</title>"
        '<path class="line s0" opacity="0.55" d="M{:.1f} {:.1f}V{:.1f}"/>'
        '<circle class="s0" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/></g>'
    ).format(title, x, low, high, x, y, radius)


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
