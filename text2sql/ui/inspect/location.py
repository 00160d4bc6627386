"""A location in a run: the item, the filters, and the address of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode

from text2sql.ui.inspect.filters import FILTER_NAMES, Filters

__all__ = ["Location", "nearest", "step"]


@dataclass(frozen=True)
class Location:
    """A run, the number of an item (from 1; 0 is none) and the filters."""

    run: str = ""
    item: int = 0
    filters: Filters = field(default_factory=Filters)

    @property
    def address(self) -> str:
        """The query part of a permalink, such as ``?tab=inspect&run=a.db&item=17``."""
        wanted = {"tab": "inspect", "run": self.run, "item": self.item or ""}
        for name in FILTER_NAMES:
            value = getattr(self.filters, name)
            wanted[name] = int(value) if isinstance(value, bool) else value
        return "?" + urlencode({name: value for name, value in wanted.items() if value})

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Location:
        """Parse what ``address`` wrote; ignore an item that is not a number."""
        item = query.get("item", "")
        filters = Filters(
            database=query.get("database", ""),
            hardness=query.get("hardness", ""),
            verdict=query.get("verdict", ""),
            clause=query.get("clause", ""),
            text=query.get("text", ""),
            disagree=query.get("disagree") == "1",
        )
        return cls(
            run=query.get("run", ""),
            item=int(item) if item.isdecimal() and item.isascii() and len(item) < 10 else 0,
            filters=filters,
        )

    @classmethod
    def from_address(cls, address: str) -> Location:
        """Parse the whole query part of an address."""
        return cls.from_query(dict(parse_qsl(address.lstrip("?"))))

    def at(self, place: int) -> Location:
        """Return this location with the item at position ``place``, counted from 0."""
        return replace(self, item=place + 1)


def nearest(places: Sequence[int], current: int) -> int | None:
    """Return ``current`` if it is among ``places``, else the next one, else the last, else None."""
    after = [place for place in places if place >= current]
    return after[0] if after else places[-1] if places else None


def step(places: Sequence[int], current: int, by: int) -> int:
    """Return the next (``by`` is 1) or previous (-1) place, or ``current`` at an end."""
    if by > 0:
        return min((place for place in places if place > current), default=current)
    return max((place for place in places if place < current), default=current)
