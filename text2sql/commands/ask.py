"""Ask a question in English; get SQL that ran, and its rows.

With several models, they answer one after the other. The output says which of them return the same
rows, and which are right if the question is one of the database's own with a gold query.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from text2sql.arguments import (
    add_database,
    add_json,
    add_limits,
    add_model,
    find_database,
    find_limits,
    find_models,
    positive,
    read_text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from text2sql.answering.conversation.following import Previous
    from text2sql.answering.pipeline import Answer, Text2SQL
    from text2sql.answering.several import ModelAnswer
    from text2sql.databases import Database

EXAMPLES = """
text2sql ask "How many doctors are there?" --db clinic
text2sql ask "How many singers are there?" --db concert_singer --spider-dir ~/spider
text2sql ask "only those in Lyon" --after "Which patients are there?" --db clinic
text2sql ask "Which customer spent the most?" --sqlite shop.db --json
text2sql ask "How many doctors are there?" --db clinic --model pocket --model runs/mine
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
    add_model(parser, several="; repeat it to see several models side by side ")
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
    """Return 0 if the SQL ran, 1 if no candidate did; of several models, one is enough."""
    from text2sql.answering.question import check_question

    database = find_database(args)
    question = read_text(" ".join(args.question))
    check_question(question, database.schema)  # before the model is loaded
    from text2sql.answering.pipeline import Text2SQL
    from text2sql.generators.base import Options

    options, limits = Options(beams=args.beams), find_limits(args)
    askers = [Text2SQL(model, options, limits) for model in find_models(args)]
    if len(askers) > 1:
        return _compare(askers, question, database, args)
    answer = _ask(askers[0], question, database, args)
    if args.json:
        from text2sql.terminal import print_json

        print_json(answer.to_dict())
    else:
        _show(answer)
    return 0 if _ran(answer) else 1


def _ask(asker: Text2SQL, question: str, database: Database, args: Namespace) -> Answer:
    """Ask one model, with the earlier questions and the SQL that the owner gave for others."""
    from text2sql.answering.pipeline import Service
    from text2sql.feedback import OwnerExamples, open_feedback

    service = Service(examples=OwnerExamples(open_feedback()).of(database.db_id))
    before = _before(args.after, asker, database)
    return asker.ask(question, database, service, before)


def _ran(answer: Answer) -> bool:
    return answer.result is None or answer.result.error is None


def _compare(askers: Sequence[Text2SQL], question: str, database: Database, args: Namespace) -> int:
    """Show the answers of several models, one after the other, and compare their rows."""
    from text2sql.answering.several import agreement_sentence
    from text2sql.terminal import bold, print_json

    gold = None if args.sqlite is not None else _gold(question, args)
    found = []
    for asker in askers:
        found.append(_answer_of(asker, question, database, args, gold))
        if not args.json:
            print(bold(asker.name), end="\n\n")
            _show_one(found[-1])
    said = agreement_sentence(found)
    if args.json:
        answers = [one.to_dict() for one in found]
        print_json({"answers": answers, "agreement": said, "gold": gold})
    elif said:
        print(said)
    return 0 if any(one.answer is not None and _ran(one.answer) for one in found) else 1


def _gold(question: str, args: Namespace) -> str | None:
    from text2sql.databases import Catalog
    from text2sql.ui.ask.choices import gold_for

    return gold_for(question, Catalog.open(args.spider_dir).examples(args.db))


def _answer_of(
    asker: Text2SQL, question: str, database: Database, args: Namespace, gold: str | None
) -> ModelAnswer:
    from text2sql.answering.several import ModelAnswer
    from text2sql.compare import verdict
    from text2sql.errors import ModelError

    try:
        answer = _ask(asker, question, database, args)
    except ModelError as error:
        return ModelAnswer(asker.name, error=str(error))
    judged = verdict(gold, answer.sql, database) if gold else None
    return ModelAnswer(asker.name, answer, verdict=judged)


def _show_one(found: ModelAnswer) -> None:
    if found.answer is None:
        print(f"text2sql: {found.error}", file=sys.stderr)
    else:
        _show(found.answer)
    if found.verdict is not None:
        print(f"{'Right' if found.right else 'Wrong'} by the gold query. {found.verdict.reason}")
    print()


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
    source = f"{answer.model}, from the answer before" if answer.follows else answer.model
    if answer.example:
        source = f"from the SQL given for {answer.example!r}"
    print(dim(f"{source}, {answer.seconds:.2f} s{chance}"))
    if answer.carried:
        parts = "; ".join(part.text for part in answer.carried)
        print(f"Carried over from {answer.earlier[-1]!r}: {parts}." if answer.earlier else
              f"Carried over: {parts}.")  # fmt: skip
    if answer.doubt:
        print(answer.doubt)
