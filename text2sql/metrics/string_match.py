"""String match: are a prediction and the gold the same text?

    >>> string_match("SELECT name FROM singer", "select Name from singer")
    True

``string_match`` is the measure of the reference system: both in lower case, without spaces. For it
``'France'`` and ``"France"`` differ, and ``'New York'`` and ``'newyork'`` are the same.
``fair_string_match`` is what it should have been: case and spaces do not count outside of quoted
text, quote style and a closing semicolon do not count, the inside of a literal is never touched.
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
    """Whether both are the same in lower case and without spaces, as the reference has it."""
    return _squeezed(gold) == _squeezed(prediction)


def _squeezed(sql: str) -> str:
    return "".join(sql.lower().split())


def fair_string_match(gold: str, prediction: str) -> bool:
    """Whether both are the same words and signs, and letter by letter the same literals."""
    return _pieces(gold) == _pieces(prediction)


def _pieces(sql: str) -> list[str]:
    """Words and signs in lower case; literals as they are, in one quote style."""
    pieces = []
    for found in _PIECE.finditer(sql.strip().rstrip(";")):
        if found["quoted"]:
            quote, inside = found["quoted"][0], found["quoted"][1:-1]
            pieces.append(f"'{inside.replace(quote * 2, quote)}'")
        elif not found["space"]:
            pieces.append(found[0].lower())
    return pieces
