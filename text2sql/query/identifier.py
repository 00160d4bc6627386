"""Quoting of names for SQLite."""

from __future__ import annotations

import re

__all__ = ["quote_identifier"]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Keywords that SQLite or sqlglot does not accept as bare names; others are accepted.
_WORDS = """
    add all alter and any as autoincrement between case cast check collate commit connect_by_root
    constraint create cross cube current_date current_time current_timestamp current_user default
    deferrable delete describe distinct drop else escape except exists false fetch for foreign from
    glob grant group having if ilike in index indexed inner insert intersect interval into is isnull
    join lateral like limit lock not nothing notnull null offset on or order outer partitioned_by
    primary qualify raise references regexp returning revoke rlike rollback rollup select set table
    tablesample then to transaction true uncache union unique update using values when where window
    with xor
"""
_RESERVED = frozenset(_WORDS.split())


def quote_identifier(name: str) -> str:
    """``name`` for SQLite, in double quotes only if necessary."""
    if _PLAIN.fullmatch(name) and name.lower() not in _RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'
