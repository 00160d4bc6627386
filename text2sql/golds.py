"""The gold queries of sql-eval, which writes several right queries in one text.

``SELECT {id, name} FROM t`` accepts either column or both, ``GROUP BY {}`` repeats the columns
chosen, and a semicolon separates queries.

Source: ``get_all_minimal_queries`` in github.com/defog-ai/sql-eval (``eval/eval.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, combinations, islice

__all__ = ["accepted_queries"]

_MOST_QUERIES = 255  # every choice of eight columns
_PIECE = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|[;,{}()]|[^'";,{}()]+|.""", re.DOTALL)


def accepted_queries(text: str) -> list[str]:
    """Return the queries that a gold of sql-eval stands for, at most 255; all columns first.

    Semicolons, commas and braces in quoted text do not count, nor do commas in brackets.
    """
    queries = (query.strip() for query in _split(text, ";"))
    every = chain.from_iterable(_choices(query) for query in queries if query)
    return list(dict.fromkeys(islice(every, _MOST_QUERIES)))


def _choices(query: str) -> Iterator[str]:
    pieces = _PIECE.findall(query)
    if "{" not in pieces or "}" not in pieces[pieces.index("{") :]:
        yield query
        return
    start = pieces.index("{")
    end = pieces.index("}", start)
    before, after = "".join(pieces[:start]), "".join(pieces[end + 1 :])
    columns = [column.strip() for column in _split("".join(pieces[start + 1 : end]), ",")]
    for size in range(len(columns), 0, -1):
        for chosen in combinations(columns, size):
            text = ", ".join(chosen)
            yield before + text + after.replace("GROUP BY {}", f"GROUP BY {text}")


def _split(text: str, mark: str) -> list[str]:
    """Split at ``mark``, except in quoted text and, at a comma, in brackets."""
    parts, depth = [""], 0
    for piece in _PIECE.findall(text):
        depth += (piece == "(") - (piece == ")")
        if piece == mark and (mark != "," or depth == 0):
            parts.append("")
        else:
            parts[-1] += piece
    return parts
