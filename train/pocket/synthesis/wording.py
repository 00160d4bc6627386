"""The wordings of ``wordings.toml``: chosen by key, with their slots filled in."""

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
    """One of the wordings of ``keys``, with ``slots`` in its braces.

    Raises:
        DataError: a key is unknown, or some wording of it has a slot that is not filled.
    """
    options = [wording for key in keys for wording in _options(key, frozenset(slots))]
    return rng.choice(options).format(**slots)


@cache
def _options(key: str, slots: frozenset[str]) -> Sequence[str]:
    """The wordings of ``key``, all of them checked, so that an error does not wait for luck."""
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
    """``{what}`` for ``{what.one}``: the names that have to be filled."""
    return {field.split(".")[0] for _, field, _, _ in Formatter().parse(wording) if field}
