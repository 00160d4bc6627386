"""The input and output of text generators: the reference's prompt format, and SQL clean-up.

Training and serving both build their input here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from text2sql.schema import Schema, Table

__all__ = ["UNKNOWN", "Prompt", "build_prompt", "clean_sql", "fit_prompt", "with_evidence"]

#: A tokenizer's replacement for characters that it lacks.
UNKNOWN = "<unk>"


@dataclass(frozen=True)
class Prompt:
    """An input text, and the names of the tables (or ``table.column``) that did not fit."""

    text: str
    dropped: tuple[str, ...] = ()


def build_prompt(question: str, schema_text: str) -> str:
    """``Translate English to SQL: <question> | Schemas: table1(col1, col2) | table2(col3)``.

    ``schema_text`` comes from ``Schema.serialize``.
    """
    return f"Translate English to SQL: {question} | Schemas: {schema_text}"


def with_evidence(question: str, evidence: str) -> str:
    """Return the question as text models read it with BIRD's evidence, a hint for it."""
    return f"{question} Hint: {evidence}" if evidence else question


def fit_prompt(
    question: str,
    schema: Schema,
    count_tokens: Callable[[str], int],
    limit: int = 512,
    descriptions: bool = False,
) -> Prompt:
    """Build the prompt for ``schema`` without its least relevant tables if it exceeds ``limit``.

    With ``descriptions``, it has those of the columns if all of them fit.

    Names are never cut, and the rest keeps its order. If a single table is too long, its least
    relevant columns are left out. A question that is too long by itself stays whole, so the prompt
    then exceeds the limit.
    """
    if descriptions:
        text = build_prompt(question, schema.serialize(descriptions=True))
        if count_tokens(text) <= limit:
            return Prompt(text)
    fitted, dropped = schema, []
    text = build_prompt(question, schema.serialize())
    if count_tokens(text) <= limit:
        return Prompt(text)
    for table in _least_relevant_first(question, schema)[:-1]:
        dropped.append(table.name)
        fitted = replace(fitted, tables=tuple(t for t in fitted.tables if t is not table))
        text = build_prompt(question, fitted.serialize())
        if count_tokens(text) <= limit:
            return Prompt(text, tuple(dropped))
    return _without_columns(question, fitted.tables[0], tuple(dropped), count_tokens, limit)


def _without_columns(
    question: str,
    table: Table,
    dropped: tuple[str, ...],
    count_tokens: Callable[[str], int],
    limit: int,
) -> Prompt:
    """A prompt of one table with as many of its most relevant columns as fit, at least one."""
    asked = _stems(question)
    order = sorted(
        range(len(table.columns)),
        key=lambda n: (-len(_stems(table.columns[n].natural or table.columns[n].name) & asked), n),
    )

    def prompt(count: int) -> str:
        columns = tuple(table.columns[n] for n in sorted(order[:count]))
        return build_prompt(question, Schema((replace(table, columns=columns),)).serialize())

    low, high = 1, len(order)  # the largest count that fits is between them
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count_tokens(prompt(middle)) <= limit else (low, middle - 1)
    left_out = tuple(f"{table.name}.{table.columns[n].name}" for n in sorted(order[low:]))
    return Prompt(prompt(low), dropped + left_out)


def _least_relevant_first(question: str, schema: Schema) -> list[Table]:
    """Tables by the words that their names share with the question; linked tables count half."""
    asked = _stems(question)
    own = [_relevance(table, asked) for table in schema.tables]
    linked = list(own)
    for key in schema.foreign_keys:
        for here, there in ((key.table, key.ref_table), (key.ref_table, key.table)):
            linked[here] = max(linked[here], own[here] + own[there] / 2)
    # of equally relevant tables, the later one is dropped first
    order = sorted(range(len(schema.tables)), key=lambda n: (linked[n], -n))
    return [schema.tables[n] for n in order]


def _relevance(table: Table, asked: set[str]) -> float:
    names = _stems(table.natural or table.name) & asked
    columns = set().union(*(_stems(c.natural or c.name) for c in table.columns)) & asked
    return 3.0 * len(names) + len(columns - names)


_WORD = re.compile(r"[a-z]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_COMMON = frozenset("a an the of in on at to for from by with and or is are was were what".split())


def _stems(text: str) -> set[str]:
    """The words of a text in the singular, which is enough to distinguish tables."""
    words = _WORD.findall(_CAMEL.sub(" ", text).lower())
    return {re.sub(r"(?<=[a-z]{2})(ies|y|es|e|s)$", "", word) for word in words} - _COMMON


_LITERAL = re.compile(r"""('(?:[^']|'')*(?:'|\Z)|"[^"]*(?:"|\Z))""")


def clean_sql(text: str, question: str = "", lacking: str = "") -> str:
    """Extract SQL from a model's output, in which ``<unk>`` stands for missing characters.

    T5's vocabulary has no ``<``; between names and numbers, ``<unk>`` can only mean that. Inside a
    literal, the characters are restored from the question if it holds the same text, else left
    out. ``lacking`` lists the question's characters that the tokenizer lacks.
    """
    pieces = _LITERAL.split(text)
    for n, piece in enumerate(pieces):
        if n % 2:
            pieces[n] = _restored(piece, question, lacking)
        else:
            pieces[n] = re.sub(r"<\s+(?=[=>])", "<", piece.replace(UNKNOWN, "<"))
    return "".join(pieces).strip()


def _restored(literal: str, question: str, lacking: str) -> str:
    if UNKNOWN not in literal:
        return literal
    ends = (literal[0], literal[-1] if len(literal) > 1 and literal[-1] == literal[0] else "")
    inner = literal[1 : len(literal) - len(ends[1])]
    if lacking:
        wild = f"[{re.escape(lacking)}]+"
        # spaces in the output are unreliable next to an unknown character
        pattern = wild.join(r"\s*".join(map(re.escape, p.split())) for p in inner.split(UNKNOWN))
        found = re.search(pattern, question, re.IGNORECASE)
        if found:
            return ends[0] + found[0].replace(ends[0], ends[0] * 2) + ends[1]
    return ends[0] + inner.replace(UNKNOWN, "") + ends[1]
