"""The application of all corrections to one candidate, and its penalty."""

from __future__ import annotations

from dataclasses import replace

from text2sql.answering.corrections.births import turned
from text2sql.answering.corrections.columns import shown_as_asked
from text2sql.answering.corrections.flags import compared_as_flags
from text2sql.answering.corrections.full_names import with_full_names
from text2sql.answering.corrections.lists import listed_values
from text2sql.answering.corrections.named_columns import with_named_columns
from text2sql.answering.corrections.negations import negates_without_reason, without_negation
from text2sql.answering.corrections.nulls import without_nulls
from text2sql.answering.corrections.numbers import compared_as_numbers
from text2sql.answering.corrections.periods import in_period
from text2sql.answering.corrections.plausibility import MISTAKE, Plausibility
from text2sql.answering.corrections.question_context import QuestionContext
from text2sql.answering.corrections.roles import joined_by_role
from text2sql.answering.corrections.shown_units import shown_in_units
from text2sql.answering.corrections.units import in_units
from text2sql.answering.corrections.whole_rows import whole_rows
from text2sql.answering.corrections.years import compared_by_year
from text2sql.errors import QueryError
from text2sql.generators.base import Candidate
from text2sql.linking.cell_index import CellIndex
from text2sql.query.meanings import folded
from text2sql.query.reading import read
from text2sql.query.writing import write
from text2sql.schema import Schema

__all__ = ["corrected"]

_CORRECTIONS = (
    joined_by_role, in_units, compared_by_year, compared_as_flags, turned,
    compared_as_numbers, shown_as_asked, without_negation, listed_values, in_period,
    without_nulls, whole_rows, with_named_columns, with_full_names,
    shown_in_units,
)  # fmt: skip


def corrected(candidate: Candidate, question: str, schema: Schema, index: CellIndex) -> Candidate:
    """Return ``candidate`` with mistakes corrected, and a penalty for each that remains.

    Args:
        index: the cells of the database, which show which texts are numbers.
    """
    try:
        written = candidate.query or read(candidate.sql, schema)
    except QueryError:  # it does not parse, or is outside Spider's fragment
        return candidate
    context = QuestionContext(question, schema, index)
    query = as_read = folded(written)
    for correct in _CORRECTIONS:
        query = correct(query, context)
    penalty = Plausibility(schema, index).penalty(query)
    penalty += MISTAKE * negates_without_reason(query, context)
    return replace(
        candidate,
        sql=candidate.sql if query == as_read else write(query, schema),
        score=candidate.score - penalty,
        penalty=candidate.penalty + penalty,
        query=query,
    )
