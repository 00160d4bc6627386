"""Collects the changes that one mention of a follow-up may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from text2sql.answering.conversation.cells import of_cell
from text2sql.answering.conversation.columns import of_columns
from text2sql.answering.conversation.context import Context, Proposal
from text2sql.answering.conversation.cues import of_cue
from text2sql.answering.conversation.dates import of_date
from text2sql.answering.conversation.extremes import of_adjective
from text2sql.answering.conversation.numbers import of_number
from text2sql.answering.conversation.tables import of_table

__all__ = ["proposals"]

_OF: dict[str, Callable[[Context], Iterator[Proposal]]] = {
    "columns": of_columns, "table": of_table, "cell": of_cell, "number": of_number,
    "year": of_date, "month": of_date, "adjective": of_adjective, "cue": of_cue,
}  # fmt: skip


def proposals(context: Context) -> Iterator[Proposal]:
    """Return the changes that the mention of ``context`` may ask for."""
    return _OF[context.mention.kind](context)
