"""The comparison of two runs as HTML: the items that the second run fixed or broke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from text2sql.evaluation.comparison import Comparison, Difference
from text2sql.evaluation.items import Item
from text2sql.evaluation.report.text import NAMES
from text2sql.ui.inspect.item_list import item_link
from text2sql.ui.inspect.location import Location
from text2sql.wording import counted

__all__ = ["versus_html"]

_SHOWN = 200  # items of each kind


def versus_html(comparison: Comparison, before: str, after: str) -> Markup:
    """Return the change in every metric, and the changed items with links to both runs.

    ``before`` and ``after`` are the names of the runs. An item has changed if its result by
    execution has, or by the first metric if execution was not measured.
    """
    deciding = "execution" if "execution" in comparison.totals else next(iter(comparison.totals))
    moved = comparison.totals[deciding]
    totals = {NAMES[metric]: difference for metric, difference in comparison.totals.items()}
    levels = {level: found[deciding] for level, found in comparison.hardness.items()}
    return (
        Markup("<h2>{} compared with {}</h2>").format(after, before)
        + _table("Metric", totals, before, after)
        + Markup("<h3>By hardness, {}</h3>{}").format(
            NAMES[deciding], _table("Level", levels, before, after)
        )
        + Markup('<div class="t2s-pair">{}{}</div>').format(
            _moved("Fixed", moved.fixed, comparison, before, after),
            _moved("Broken", moved.broken, comparison, before, after),
        )
    )


def _table(title: str, rows: Mapping[str, Difference], before: str, after: str) -> Markup:
    head = (title, "n", before, after, "Change", "Fixed", "Broken", "p")
    cells = Markup("").join(Markup('<th scope="col">{}</th>').format(name) for name in head)
    body = Markup("").join(_row(name, difference) for name, difference in rows.items())
    label = f"Change by {title.lower()}"
    return Markup(
        '<div class="t2s-scroll" tabindex="0" role="region" aria-label="{}">'
        '<table class="t2s-facts t2s-numeric">'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(label, cells, body)


def _row(name: str, difference: Difference) -> Markup:
    change = difference.after - difference.before
    p = "under 0.001" if difference.p < 0.001 else f"{difference.p:.3f}"
    texts = (
        f"{difference.n:,}", f"{difference.before:.1f}", f"{difference.after:.1f}",
        f"{change:+.1f}", f"{len(difference.fixed):,}", f"{len(difference.broken):,}", p,
    )  # fmt: skip
    cells = Markup("").join(Markup("<td>{}</td>").format(text) for text in texts)
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(name, cells)


def _moved(
    word: str, places: Sequence[int], comparison: Comparison, before: str, after: str
) -> Markup:
    if not places:
        return Markup('<section><h3>{}</h3><p class="t2s-hint">None.</p></section>').format(word)
    wrong = comparison.before if word == "Fixed" else comparison.after
    shown = places[:_SHOWN]
    entries = Markup("").join(_entry(wrong[place], place, before, after) for place in shown)
    more = f"; the first {_SHOWN}" if len(places) > _SHOWN else ""
    return Markup('<section><h3>{}: {}{}</h3><ul class="t2s-moved">{}</ul></section>').format(
        word, counted(len(places), "item"), more, entries
    )


def _entry(wrong: Item, place: int, before: str, after: str) -> Markup:
    """Return an item with links to both runs, and the reason why it was (or is) wrong."""
    number = place + 1
    question = f"{number}. {wrong.example.question}"
    label = Markup(' aria-label="Item {} in {}"').format(number, before)
    return Markup('<li>{} {}<p class="t2s-hint">{} · {}</p></li>').format(
        item_link(Location(after, number), question),
        item_link(Location(before, number), f"in {before}", label),
        wrong.example.db_id,
        wrong.reason,
    )
