"""The content of the Inspect tab for a location in a run, as HTML and plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from text2sql.databases import Catalog
from text2sql.evaluation.folder import RunFolder
from text2sql.ui.inspect.filters import Choices, matching
from text2sql.ui.inspect.inspected import inspect_item
from text2sql.ui.inspect.item_list import list_html
from text2sql.ui.inspect.item_view import item_html
from text2sql.ui.inspect.location import Location, nearest, step

__all__ = ["View", "view"]


@dataclass(frozen=True)
class View:
    """The content of the tab; ``item`` is empty if no item matches the filters.

    ``first`` and ``last`` mean that no item comes before, or after, this one.
    """

    place: Location
    choices: Choices
    count: str
    list: str
    item: str
    first: bool
    last: bool


def view(folder: RunFolder, catalog: Catalog, place: Location, by: int = 0) -> View:
    """Show the item at ``place``, or ``by`` matching items after it (-1: before it).

    If the filters exclude that item, show the next one that matches.

    Raises:
        DataError: there is no such run.
    """
    items = folder.items(place.run)
    choices = Choices.of(items)
    place = replace(place, filters=place.filters.among(choices))
    places = matching(items, place.filters)
    current = max(0, place.item - 1)
    found = nearest(places, step(places, current, by) if by else current)
    place = replace(place, item=0) if found is None else place.at(found)
    return View(
        place=place,
        choices=choices,
        count=_count(places, found, len(items)),
        list=list_html(items, places, place),
        item="" if found is None else item_html(inspect_item(items[found], catalog), place.item),
        first=found is None or found == places[0],
        last=found is None or found == places[-1],
    )


def _count(places: Sequence[int], found: int | None, total: int) -> Markup:
    number = f"{places.index(found) + 1:,} of " if found is not None else ""
    fitting = "" if len(places) == total else f" that match, of {total:,} in all"
    return Markup('<p class="t2s-hint" role="status">{}{:,} items{}</p>').format(
        number, len(places), fitting
    )
