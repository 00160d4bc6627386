"""Curves over epochs as inline SVG, coloured by the page's style sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10

__all__ = ["Points", "curves"]

Points = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 560, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 12, 36


def curves(series: Mapping[str, Points], across: str, most: float | None = None) -> str:
    """An ``<svg>`` with a line for each of ``series`` and its legend; every text is escaped.

    ``across`` says what runs from left to right. The upper end is ``most``, else a round number
    above the highest point; the lower is zero.
    """
    points = [point for line in series.values() for point in line]
    first, last = min(x for x, _ in points), max(x for x, _ in points)
    top = most if most is not None else _round_up(max(y for _, y in points))
    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def place(x: float, y: float) -> tuple[float, float]:
        share = (x - first) / (last - first) if last > first else 0.5
        return _LEFT + share * wide, _TOP + (1 - min(y, top) / top) * high

    parts = [_level(place(first, top * step / 4)[1], top * step / 4) for step in range(5)]
    parts += [
        _text(place(x, 0)[0], _HEIGHT - 18, f"{x:g}", "middle") for x in _ticks(sorted(points))
    ]
    parts.append(_text(_LEFT + wide / 2, _HEIGHT - 2, across, "middle"))
    for number, (name, line) in enumerate(series.items()):
        placed = [(*place(x, y), f"{name}, {across} {x:g}: {y:.4g}") for x, y in line]
        parts.append(_line(number, placed))
    return f'<figure class="t2s-curves">{_svg(series, parts)}{_legend(series)}</figure>'


def _round_up(value: float) -> float:
    """A digit that four levels divide well, times a power of ten, and at least ``value``."""
    if value <= 0:
        return 1.0
    size: float = 10 ** floor(log10(value))
    return next(size * times for times in (1, 2, 3, 4, 5, 6, 8, 10) if size * times >= value)


def _ticks(points: Points) -> list[float]:
    """Up to seven of the places where something was measured."""
    places = sorted({x for x, _ in points})
    step = max(1, ceil(len(places) / 7))
    return places[::step]


def _level(y: float, value: float) -> str:
    path = f'<path class="t2s-grid" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>'
    return path + _text(_LEFT - 8, y + 4, f"{value:.3g}", "end")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _line(number: int, placed: Sequence[tuple[float, float, str]]) -> str:
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in placed)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5"><title>{escape(title)}</title></circle>'
        for x, y, title in placed
    )
    return f'<g class="t2s-s{number % 4}"><path d="M{path}"/>{dots}</g>'


def _svg(series: Mapping[str, Points], parts: Sequence[str]) -> str:
    last = "; ".join(f"{name} {line[-1][1]:.4g}" for name, line in series.items())
    label = escape(f"Curves; at the end {last}")
    head = f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">'
    return f"{head}{''.join(parts)}</svg>"


def _legend(series: Mapping[str, Points]) -> str:
    names = "".join(
        f'<span class="t2s-s{number % 4}"><i></i>{escape(name)} '
        f"<strong>{line[-1][1]:.4g}</strong></span>"
        for number, (name, line) in enumerate(series.items())
    )
    return f"<figcaption>{names}</figcaption>"
