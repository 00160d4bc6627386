"""Ask a question in English; get SQL that ran, and its rows."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from text2sql.arguments import (
    add_database,
    add_json,
    add_limits,
    add_model,
    find_database,
    find_limits,
    find_model,
    positive,
    read_text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from text2sql.answering.conversation.following import Previous
    from text2sql.answering.pipeline import Answer, Text2SQL
    from text2sql.databases import Database

EXAMPLES = """
text2sql ask "How many doctors are there?" --db clinic
text2sql ask "How many singers are there?" --db concert_singer --spider-dir ~/spider
text2sql ask "only those in Lyon" --after "Which patients are there?" --db clinic
text2sql ask "Which customer spent the most?" --sqlite shop.db --json
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("question", nargs="+", help="the question; - reads it from standard input")
    parser.add_argument(
        "--after",
        action="append",
        default=[],
        metavar="QUESTION",
        help="an earlier question that this one goes on from, or its SQL; may be repeated, the "
        "first one first",
    )
    add_database(parser)
    add_model(parser)
    parser.add_argument(
        "--beams",
        type=positive(int),
        default=4,
        metavar="N",
        help="number of candidates to search for (default: %(default)s)",
    )
    add_limits(parser)
    add_json(parser)


def run(args: Namespace) -> int:
    """Return 0 if the SQL ran, 1 if no candidate did."""
    from text2sql.answering.question import check_question

    database = find_database(args)
    question = read_text(" ".join(args.question))
    check_question(question, database.schema)  # before the model is loaded
    from text2sql.answering.pipeline import Text2SQL
    from text2sql.generators.base import Options

    asker = Text2SQL(find_model(args), Options(beams=args.beams), find_limits(args))
    answer = asker.ask(question, database, after=_before(args.after, asker, database))
    if args.json:
        from text2sql.terminal import print_json

        print_json(answer.to_dict())
    else:
        _show(answer)
    return 0 if answer.result is None or answer.result.error is None else 1


def _before(
    earlier: Sequence[str], asker: Text2SQL, database: Database
) -> Answer | Previous | None:
    """The answer that ``earlier`` questions end with; SQL among them stands for its question."""
    from text2sql.answering.conversation.following import Previous
    from text2sql.answering.question import is_sql

    before: Answer | Previous | None = None
    for text in earlier:
        if is_sql(text, database.schema):
            before = Previous(text)
        else:
            before = asker.ask(text, database, after=before)
    return before


def _show(answer: Answer) -> None:
    from text2sql.commands.run import show_result
    from text2sql.query.layout import lay_out_sql
    from text2sql.terminal import dim

    if answer.sql:
        print(lay_out_sql(answer.sql), end="\n\n")
    if answer.result is None:
        print("Only the schema of this database is known, so the SQL was not run.")
    else:
        show_result(answer.result)
    chance = f", {answer.chance}" if answer.chance else ""
    source = "from the answer before, no model was asked" if answer.follows else answer.model
    print(dim(f"{source}, {answer.seconds:.2f} s{chance}"))
    if answer.carried:
        parts = "; ".join(part.text for part in answer.carried)
        print(f"Carried over from {answer.earlier[-1]!r}: {parts}." if answer.earlier else
              f"Carried over: {parts}.")  # fmt: skip
    if answer.doubt:
        print(answer.doubt)
