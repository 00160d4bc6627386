"""Conversion of names in files to names of tables and columns."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["clean_name", "clean_names"]

_LONGEST = 60
_NOT_A_WORD = re.compile(r"\W+")


def clean_name(name: str, otherwise: str) -> str:
    """Return ``name`` as letters, digits and underscores, or ``otherwise`` if none are left.

    The result needs no quotation marks: it does not start with a digit or with ``sqlite_``.
    """
    cleaned = _NOT_A_WORD.sub("_", name.replace("%", " percent ")).strip("_")[:_LONGEST].rstrip("_")
    if not cleaned:
        return otherwise
    if cleaned[0].isdigit() or cleaned.lower().startswith("sqlite_"):
        return f"{otherwise.rpartition('_')[0] or otherwise}_{cleaned}"
    return cleaned


def clean_names(names: Iterable[str], kind: str) -> list[str]:
    """Return clean names that differ even if case is ignored; ``kind`` is table or column."""
    taken: set[str] = set()
    found = []
    for number, name in enumerate(names, start=1):
        cleaned = _free(clean_name(name, f"{kind}_{number}"), taken)
        taken.add(cleaned.lower())
        found.append(cleaned)
    return found


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 2
    while free.lower() in taken:
        free, number = f"{name}_{number}", number + 1
    return free
