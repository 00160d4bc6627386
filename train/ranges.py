"""The ranges of a recipe's numbers, declared with their types and checked before a run starts.

Every numeric key has a range in the form of ``annotated_types``, which pydantic reads too.
"""

from __future__ import annotations

import math
import types
from collections.abc import Iterator
from dataclasses import fields
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from annotated_types import Interval

__all__ = ["Above", "BelowOne", "Count", "Natural", "Rate", "Seed", "Share", "bounds", "outside"]

Count = Annotated[int, Interval(ge=1, le=1_000_000)]
Natural = Annotated[int, Interval(ge=0, le=1_000_000)]
Seed = Annotated[int, Interval(ge=0, le=2**31 - 1)]
Above = Annotated[float, Interval(gt=0, le=1_000_000)]
Rate = Annotated[float, Interval(gt=0, le=1)]
Share = Annotated[float, Interval(ge=0, le=1)]
BelowOne = Annotated[float, Interval(ge=0, lt=1)]

_WORDS = {"gt": "above {}", "ge": "{} or more", "lt": "below {}", "le": "at most {}"}


def bounds(cls: type[Any]) -> dict[str, Interval | None]:
    """The range of each numeric field of the dataclass ``cls``; None if none is declared."""
    hints = get_type_hints(cls, include_extras=True)
    found: dict[str, Interval | None] = {}
    for name in (f.name for f in fields(cls)):
        options = list(_options(hints[name]))
        if any(_plain(option) in (int, float) for option in options):
            intervals = [m for o in options for m in get_args(o)[1:] if isinstance(m, Interval)]
            found[name] = intervals[0] if intervals else None
    return found


def outside(value: float, interval: Interval) -> str | None:
    """The allowed range in words if ``value`` is outside it, else None."""
    limits = {sign: getattr(interval, sign) for sign in _WORDS}
    holds = {
        "gt": lambda limit: value > limit,
        "ge": lambda limit: value >= limit,
        "lt": lambda limit: value < limit,
        "le": lambda limit: value <= limit,
    }
    set_ = {sign: limit for sign, limit in limits.items() if limit is not None}
    finite = isinstance(value, int) or math.isfinite(value)
    if finite and all(holds[sign](limit) for sign, limit in set_.items()):
        return None
    return " and ".join(_WORDS[sign].format(f"{limit:,}") for sign, limit in set_.items())


def _options(hint: Any) -> Iterator[Any]:
    """``hint`` itself, or the types of a union."""
    union = get_origin(hint) in (Union, types.UnionType)
    yield from get_args(hint) if union else (hint,)


def _plain(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint
