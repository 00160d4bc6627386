"""The items that the filters let through, as a list of links."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from text2sql.evaluation.items import Item
from text2sql.ui.inspect.filters import is_right
from text2sql.ui.inspect.place import Place

__all__ = ["PAGE", "item_link", "list_html"]

PAGE = 100  # items in the list at a time; a list of a thousand would be slow to step through


def list_html(items: Sequence[Item], places: Sequence[int], here: Place) -> str:
    """The part of ``places`` around the item that ``here`` names, with links to the parts beside.

    Everything that comes from questions and databases is escaped.
    """
    if not places:
        return '<p class="t2s-hint">No item fits these filters.</p>'
    before = sum(place < here.item - 1 for place in places)
    start = min(before, len(places) - 1) // PAGE * PAGE
    shown = places[start : start + PAGE]
    entries = "".join(_entry(items[place], here.at(place), here.item) for place in shown)
    earlier = _more(f"Earlier {PAGE}", here.at(places[start - PAGE])) if start else ""
    rest = len(places) - start - PAGE
    later = _more(f"Next {min(PAGE, rest)}", here.at(places[start + PAGE])) if rest > 0 else ""
    return f'{earlier}<ol class="t2s-items">{entries}</ol>{later}'


def item_link(place: Place, text: str, attributes: str = "") -> str:
    """A link to an item; ``text`` is HTML. The page opens it without being loaded again."""
    return f'<a class="t2s-item-link" href="{escape(place.address)}"{attributes}>{text}</a>'


def _entry(item: Item, place: Place, current: int) -> str:
    right = is_right(item)
    kind, mark, word = ("right", "✓", "Right") if right else ("wrong", "✗", "Wrong")
    where = " · ".join(filter(None, (item.example.db_id, item.hardness)))
    flag = '<abbr title="The metrics disagree">≠</abbr> ' if item.disagreement else ""
    text = (
        f'<span class="t2s-at">{place.item}</span>'
        f'<span class="t2s-{kind}" role="img" aria-label="{word}">{mark}</span>'
        f"<span>{escape(item.example.question)} "
        f'<span class="t2s-where">{flag}{escape(where)}</span></span>'
    )
    return f"<li>{item_link(place, text, _current(place.item == current))}</li>"


def _current(yes: bool) -> str:
    return ' aria-current="true"' if yes else ""


def _more(text: str, place: Place) -> str:
    return f'<p class="t2s-more">{item_link(place, text)}</p>'
