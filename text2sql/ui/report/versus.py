"""Two runs against each other as HTML: what the second fixed and broke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from text2sql.evaluation.comparison import Comparison, Difference
from text2sql.evaluation.items import Item
from text2sql.evaluation.report.text import NAMES
from text2sql.ui.inspect.item_list import item_link
from text2sql.ui.inspect.place import Place
from text2sql.ui.wording import counted

__all__ = ["versus_html"]


def versus_html(comparison: Comparison, before: str, after: str) -> str:
    """The change in every metric, and each item that moved, with links to it in both runs.

    ``before`` and ``after`` are the names of the runs. Items are those that the first of the
    metrics, execution where it was measured, saw fixed or broken.
    """
    deciding = "execution" if "execution" in comparison.totals else next(iter(comparison.totals))
    moved = comparison.totals[deciding]
    totals = {NAMES[metric]: difference for metric, difference in comparison.totals.items()}
    levels = {level: found[deciding] for level, found in comparison.hardness.items()}
    return (
        f"<h2>{escape(after)} against {escape(before)}</h2>"
        + _table("Metric", totals)
        + f"<h3>By hardness, {NAMES[deciding]}</h3>{_table('Level', levels)}"
        + f'<div class="t2s-pair">{_moved("Fixed", moved.fixed, comparison, before, after)}'
        + f"{_moved('Broken', moved.broken, comparison, before, after)}</div>"
    )


def _table(title: str, rows: Mapping[str, Difference]) -> str:
    head = (title, "n", "Before", "After", "Change", "Fixed", "Broken", "p")
    cells = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "".join(_row(name, difference) for name, difference in rows.items())
    label = f"Change by {title.lower()}"
    return (
        f'<div class="t2s-scroll" tabindex="0" role="region" aria-label="{label}">'
        '<table class="t2s-facts t2s-numeric">'
        f"<thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(name: str, difference: Difference) -> str:
    change = difference.after - difference.before
    p = "under 0.001" if difference.p < 0.001 else f"{difference.p:.3f}"
    texts = (
        f"{difference.n:,}", f"{difference.before:.1f}", f"{difference.after:.1f}",
        f"{change:+.1f}", f"{len(difference.fixed):,}", f"{len(difference.broken):,}", p,
    )  # fmt: skip
    cells = "".join(f"<td>{text}</td>" for text in texts)
    return f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>'


def _moved(
    word: str, places: Sequence[int], comparison: Comparison, before: str, after: str
) -> str:
    if not places:
        return f'<section><h3>{word}</h3><p class="t2s-hint">None.</p></section>'
    wrong = comparison.before if word == "Fixed" else comparison.after
    entries = "".join(_entry(wrong[place], place, before, after) for place in places)
    return (
        f"<section><h3>{word}: {counted(len(places), 'item')}</h3>"
        f'<ul class="t2s-moved">{entries}</ul></section>'
    )


def _entry(wrong: Item, place: int, before: str, after: str) -> str:
    """The item as it is now, a link to what it was, and why it was (or is) wrong."""
    number = place + 1
    question = f"{number}. {escape(wrong.example.question)}"
    label = f' aria-label="Item {number} before"'
    return (
        f"<li>{item_link(Place(after, number), question)} "
        f"{item_link(Place(before, number), 'before', label)}"
        f'<p class="t2s-hint">{escape(wrong.example.db_id)} · {escape(wrong.reason)}</p></li>'
    )
