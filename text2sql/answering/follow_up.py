"""The answer to a question that goes on from the query before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from text2sql.answering.answer import Answer, ranked
from text2sql.answering.choosing import preferred, scored
from text2sql.answering.conversation.following import Previous, Turn, agreeing, chosen
from text2sql.answering.conversation.options import READINGS
from text2sql.answering.written import Written
from text2sql.databases import Database
from text2sql.generators.base import Candidate
from text2sql.sandbox import QueryResult

__all__ = ["answer_turn", "readings_of"]

_MOST_RUN = 12  # queries that a follow-up may mean


def readings_of(
    texts: Sequence[str], written: Written, database: Database
) -> dict[str, list[Candidate]]:
    """Return the candidates for each of READINGS, of which ``texts`` are the wordings."""
    return {
        name: scored(preferred(candidates, text, database))
        for name, text, candidates in zip(READINGS, texts, written.candidates, strict=True)
    }


def answer_turn(
    turn: Turn,
    written: Written,
    previous: Previous,
    database: Database,
    run: Callable[[Sequence[Candidate]], list[QueryResult | None]],
) -> Answer | None:
    """Return the answer to ``turn``; None if it does not go on from ``previous``.

    Args:
        written: what a model writes for each of ``turn.texts``.
        run: returns the result of each query; None for one that was not run.
    """
    options = turn.options(readings_of(turn.texts, written, database))[:_MOST_RUN]
    before, *results = run(
        [Candidate(sql, 0.0) for sql in (previous.sql, *(o.sql for o in options))]
    )
    place, likely = chosen(options, results, before)
    if options[place].new:
        return None
    candidates = [Candidate(option.sql, option.score) for option in options]
    return Answer(
        question=turn.text,
        db_id=database.db_id,
        model=written.model,
        sql=options[place].sql,
        candidates=ranked(candidates, results, agreeing(results, place)),
        result=results[place],
        seconds=written.seconds,
        confidence=None if previous.confidence is None else likely * previous.confidence,
        follows=True,
        earlier=previous.questions,
        carried=turn.carried(options[place].query),
    )
