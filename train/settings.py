"""The base of a recipe's dataclasses, and the ranges of their numbers.

``build_recipe`` lets pydantic check them. Importing this module does not import pydantic.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from annotated_types import Interval, MinLen

__all__ = ["Above", "BelowOne", "Count", "Rate", "Seed", "Settings", "Share", "Texts"]

Count = Annotated[int, Interval(ge=1, le=1_000_000)]
Seed = Annotated[int, Interval(ge=0, le=2**31 - 1)]
Above = Annotated[float, Interval(gt=0, le=1_000_000)]
Rate = Annotated[float, Interval(gt=0, le=1)]
Share = Annotated[float, Interval(ge=0, le=1)]
BelowOne = Annotated[float, Interval(ge=0, lt=1)]
Texts = Annotated[tuple[str, ...], MinLen(1)]


class Settings:
    """Dataclasses that accept no unknown key and convert no value to another type."""

    __pydantic_config__: ClassVar[Any] = {
        "extra": "forbid",
        "strict": True,
        "allow_inf_nan": False,
    }
