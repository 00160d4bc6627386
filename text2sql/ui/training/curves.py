"""Curves over epochs as inline SVG, coloured by the page's style sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10

from markupsafe import Markup

__all__ = ["Points", "curves"]

Points = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 560, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 12, 36


def curves(series: Mapping[str, Points], across: str, most: float | None = None) -> Markup:
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
    return Markup('<figure class="t2s-curves">{}{}</figure>').format(
        _svg(series, parts), _legend(series)
    )


def _round_up(value: float) -> float:
    """A digit that four levels divide well, times a power of ten, and at least ``value``."""
    if value < 1e-9:  # nothing, or too little for the digits that there are
        return 1.0
    size: float = 10 ** floor(log10(value))
    return next(size * times for times in (1, 2, 3, 4, 5, 6, 8, 10) if size * times >= value)


def _ticks(points: Points) -> list[float]:
    """Up to seven of the places where something was measured."""
    places = sorted({x for x, _ in points})
    step = max(1, ceil(len(places) / 7))
    return places[::step]


def _level(y: float, value: float) -> Markup:
    path = Markup('<path class="t2s-grid" d="M{} {:.1f}H{}"/>').format(_LEFT, y, _WIDTH - _RIGHT)
    return path + _text(_LEFT - 8, y + 4, f"{value:.3g}", "end")


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        x, y, anchor, text
    )


def _line(number: int, placed: Sequence[tuple[float, float, str]]) -> Markup:
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in placed)
    dots = Markup("").join(
        Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3.5"><title>{}</title></circle>').format(
            x, y, title
        )
        for x, y, title in placed
    )
    return Markup('<g class="t2s-s{}"><path d="M{}"/>{}</g>').format(number % 4, path, dots)


def _svg(series: Mapping[str, Points], parts: Sequence[Markup]) -> Markup:
    last = "; ".join(f"{name} {line[-1][1]:.4g}" for name, line in series.items())
    label = f"Curves; at the end {last}"
    head = Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        _WIDTH, _HEIGHT, label
    )
    return Markup("{}{}</svg>").format(head, Markup("").join(parts))


def _legend(series: Mapping[str, Points]) -> Markup:
    names = Markup("").join(
        Markup('<span class="t2s-s{}"><i></i>{} <strong>{:.4g}</strong></span>').format(
            number % 4, name, line[-1][1]
        )
        for number, (name, line) in enumerate(series.items())
    )
    return Markup("<figcaption>{}</figcaption>").format(names)
