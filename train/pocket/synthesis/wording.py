"""The wordings in ``wordings.toml``, chosen by key, and their slots filled in."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Formatter

from text2sql.errors import DataError

__all__ = ["say", "wordings"]

_FILE = Path(__file__).with_name("wordings.toml")


@cache
def wordings() -> Mapping[str, Sequence[str]]:
    """Every list of wordings by its key: ``count.any``."""
    sections: dict[str, dict[str, list[str]]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {f"{s}.{key}": said for s, keys in sections.items() for key, said in keys.items()}


def say(rng: random.Random, *keys: str, **slots: object) -> str:
    """Choose one of the wordings of ``keys`` and fill in its slots.

    Raises:
        DataError: a key is unknown, or one of its wordings has a slot that is not filled.
    """
    options = [wording for key in keys for wording in _options(key, frozenset(slots))]
    return rng.choice(options).format(**slots)


@cache
def _options(key: str, slots: frozenset[str]) -> Sequence[str]:
    """The wordings of ``key``; every one is checked, so that an error does not depend on chance."""
    options = wordings().get(key)
    if not options:
        raise DataError(f"{_FILE.name} has no wordings {key!r}; add them, or correct the key.")
    for wording in options:
        empty = {slot for slot in _slots(wording) if slot not in slots}
        if empty:
            raise DataError(
                f"The wording {wording!r} of {key!r} in {_FILE.name} has the slot "
                f"{min(empty)!r}, which nothing fills; there are {sorted(slots)}."
            )
    return options


def _slots(wording: str) -> set[str]:
    """The names of the slots to fill: ``what`` for ``{what.one}``."""
    return {field.split(".")[0] for _, field, _, _ in Formatter().parse(wording) if field}
