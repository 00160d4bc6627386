"""String match: whether a prediction and the gold query are the same text.

    >>> string_match("SELECT name FROM singer", "select Name from singer")
    True

``string_match`` is the metric of the reference system: it compares both texts in lower case and
without spaces. So ``'France'`` and ``"France"`` differ, and ``'New York'`` equals ``'newyork'``.
``fair_string_match`` corrects this: it ignores letter case and spaces outside quoted text, quote
style and a closing semicolon, and compares literals exactly.
"""

from __future__ import annotations

import re

__all__ = ["fair_string_match", "string_match"]

_PIECE = re.compile(
    r"""(?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`)|(?P<open>['"`].*)"""
    r"""|(?P<space>\s+)|(?P<code>\w+|.)""",
    re.DOTALL,
)


def string_match(gold: str, prediction: str) -> bool:
    """Whether both are equal in lower case and without spaces, as in the reference system."""
    return _squeezed(gold) == _squeezed(prediction)


def _squeezed(sql: str) -> str:
    return "".join(sql.lower().split())


def fair_string_match(gold: str, prediction: str) -> bool:
    """Whether both have the same words, symbols and (exactly) literals."""
    return _pieces(gold) == _pieces(prediction)


def _pieces(sql: str) -> list[str]:
    """Words and symbols in lower case; literals unchanged, in one quote style."""
    pieces = []
    for found in _PIECE.finditer(sql.strip().rstrip(";")):
        if found["quoted"]:
            quote, inside = found["quoted"][0], found["quoted"][1:-1]
            pieces.append(f"'{inside.replace(quote * 2, quote)}'")
        elif not found["space"]:
            pieces.append(found[0].lower())
    return pieces
