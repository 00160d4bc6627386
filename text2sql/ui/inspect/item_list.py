"""The list of the items that match the filters, as links."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from text2sql.evaluation.items import Item
from text2sql.ui.inspect.filters import is_right
from text2sql.ui.inspect.location import Location

__all__ = ["PAGE", "item_link", "list_html"]

_LONGEST = 300  # characters of a question in the list; the item itself shows all of it
PAGE = 100  # items in the list at a time; a list of a thousand would be slow


def list_html(items: Sequence[Item], places: Sequence[int], here: Location) -> Markup:
    """Return the page of the list with the item at ``here``, and links to the pages beside it.

    Everything from questions and databases is escaped.
    """
    if not places:
        return Markup('<p class="t2s-hint">No item matches these filters.</p>')
    before = sum(place < here.item - 1 for place in places)
    start = min(before, len(places) - 1) // PAGE * PAGE
    shown = places[start : start + PAGE]
    entries = Markup("").join(_entry(items[place], here.at(place), here.item) for place in shown)
    earlier = _more(f"Previous {PAGE}", here.at(places[start - PAGE])) if start else ""
    rest = len(places) - start - PAGE
    later = _more(f"Next {min(PAGE, rest)}", here.at(places[start + PAGE])) if rest > 0 else ""
    return Markup('{}<ol class="t2s-items">{}</ol>{}').format(earlier, entries, later)


def item_link(place: Location, text: str, attributes: Markup = Markup()) -> Markup:
    """Return a link to an item, which the page opens without reloading."""
    return Markup('<a class="t2s-item-link" href="{}"{}>{}</a>').format(
        place.address, attributes, text
    )


def _entry(item: Item, place: Location, current: int) -> Markup:
    right = is_right(item)
    kind, mark, word = ("right", "✓", "Right") if right else ("wrong", "✗", "Wrong")
    where = " · ".join(filter(None, (item.example.db_id, item.hardness)))
    flag = Markup('<abbr title="The metrics disagree">≠</abbr> ') if item.disagreement else ""
    text = Markup(
        '<span class="t2s-at">{}</span>'
        '<span class="t2s-{}" role="img" aria-label="{}">{}</span>'
        "<span>{} "
        '<span class="t2s-where">{}{}</span></span>'
    ).format(place.item, kind, word, mark, item.example.question[:_LONGEST], flag, where[:_LONGEST])
    here = Markup(' aria-current="true"') if place.item == current else Markup()
    return Markup("<li>{}</li>").format(item_link(place, text, here))


def _more(text: str, place: Location) -> Markup:
    return Markup('<p class="t2s-more">{}</p>').format(item_link(place, text))
