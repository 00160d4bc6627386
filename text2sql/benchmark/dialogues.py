"""Measure how many follow-up questions are answered with the right rows.

Asks each dialogue of --dialogues turn by turn and compares rows with those of the gold queries. The
table has the turns after the first: asked as new questions; going on from the gold query of the
turn before; and going on from the answer to the turn before, in dialogues whose first answer
was right. Further rows are the first turns of dialogues: asked alone, and after the last turn of
another dialogue on the same database, from which they should not go on. With --questions, single
questions are asked in the same two ways. Each share has its 95% bootstrap interval.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from text2sql.arguments import add_json, add_model, add_spider_dir, find_model, positive

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Text2SQL
    from text2sql.databases import Catalog, Database
    from text2sql.evaluation.dialogues import Dialogue, Pair
    from text2sql.generators.base import Candidate, Generator, Options

__all__ = ["ScoredTurn", "Start", "add_arguments", "measure", "run", "starts"]

_SINGLE = 20  # questions of a database that go on from nothing


@dataclass(frozen=True)
class ScoredTurn:
    """A turn after the first, with the SQL of each way to ask it, and whether its rows are right.

    ``first`` says whether the first turn of its dialogue was answered rightly, ``confidence`` is
    that of the answer that goes on from the gold query.
    """

    dialogue: int
    question: str
    gold: str
    first: bool
    as_new: str
    as_new_right: bool
    after_gold: str
    after_gold_right: bool
    after_answer: str
    after_answer_right: bool
    confidence: float | None


@dataclass(frozen=True)
class Start:
    """A question that goes on from nothing, with its SQL alone and after another question.

    ``before`` is the gold query of that one; ``follows`` says whether the answer goes on from it.
    """

    before: str
    question: str
    gold: str
    alone: str
    alone_right: bool
    after_other: str
    after_other_right: bool
    follows: bool


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--dialogues", type=Path, required=True, metavar="FILE", help="dialogues with gold SQL"
    )
    parser.add_argument(
        "--half", choices=("first", "second"), help="only this half of the dialogues in the file"
    )
    parser.add_argument(
        "--questions", type=Path, metavar="FILE", help="also ask single questions of this file"
    )
    parser.add_argument(
        "--held-out",
        type=Path,
        metavar="TOML",
        help='only the databases that the list "asked" of this file names',
    )
    parser.add_argument("--limit", type=positive(int), metavar="N", help="only N dialogues")
    add_model(parser)
    add_spider_dir(parser)
    add_json(parser)


def run(args: Namespace) -> int:
    import tomllib

    from text2sql.answering.pipeline import Text2SQL
    from text2sql.databases import Catalog
    from text2sql.evaluation.dialogues import load_dialogues, pairs_of, unrelated_pairs
    from text2sql.generators.registry import load_generator
    from text2sql.spider import load_examples
    from text2sql.terminal import format_table, print_json

    found = load_dialogues(args.dialogues)
    middle = len(found) // 2
    found = {"first": found[:middle], "second": found[middle:], None: found}[args.half]
    single = load_examples(args.questions) if args.questions else []
    if args.held_out:
        kept = set(tomllib.loads(args.held_out.read_text(encoding="utf-8"))["asked"])
        found = [dialogue for dialogue in found if dialogue.db_id in kept]
        single = [question for question in single if question.db_id in kept]
    asker = Text2SQL(_Remembering(load_generator(find_model(args))))
    found, catalog = found[: args.limit], Catalog.open(args.spider_dir)
    turns = list(measure(asker, found, catalog))
    first = list(starts(asker, pairs_of(found), catalog))
    alone = list(starts(asker, unrelated_pairs(single, _SINGLE), catalog))
    if args.json:
        print_json(
            {
                "turns": [asdict(turn) for turn in turns],
                "starts": [asdict(one) for one in first],
                "single": [asdict(one) for one in alone],
            }
        )
        return 0
    rows = list(_rows(turns, first, alone))
    print(format_table(["turns", "number", "right", "percent (95% interval)"], rows))
    return 0


def _rows(
    turns: Sequence[ScoredTurn], starts: Sequence[Start], single: Sequence[Start]
) -> Iterator[list[Any]]:
    from text2sql.evaluation.statistics import score

    first = [turn for turn in turns if turn.first]
    for name, right in (
        ("asked as new questions", [t.as_new_right for t in turns]),
        ("after the gold query of the turn before", [t.after_gold_right for t in turns]),
        ("first answer right, asked as new questions", [t.as_new_right for t in first]),
        ("first answer right, after the answer before", [t.after_answer_right for t in first]),
        ("first turns, asked alone", [one.alone_right for one in starts]),
        ("first turns, after another dialogue", [one.after_other_right for one in starts]),
        ("single questions, asked alone", [one.alone_right for one in single]),
        ("single questions, after another one", [one.after_other_right for one in single]),
    ):
        share = score([float(one) for one in right]) if right else None
        text = f"{share.percent:.1f} ({share.low:.1f} to {share.high:.1f})" if share else ""
        yield [name, len(right), sum(right), text]


def measure(
    asker: Text2SQL, dialogues: Sequence[Dialogue], catalog: Catalog
) -> Iterator[ScoredTurn]:
    """Ask every dialogue in each way; yield its turns after the first."""
    from tqdm import tqdm

    for dialogue in tqdm(dialogues, unit="dialogue", disable=None):
        yield from _measured(asker, dialogue, catalog.get(dialogue.db_id))


def _measured(asker: Text2SQL, dialogue: Dialogue, database: Database) -> Iterator[ScoredTurn]:
    from text2sql.answering.conversation.following import Previous
    from text2sql.metrics.execution import execution

    before = dialogue.turns[0]
    answer = asker.ask(before.question, database)
    first = execution(before.query, answer.sql, database).match
    questions: tuple[str, ...] = (before.question,)
    for turn in dialogue.turns[1:]:
        new = asker.ask(turn.question, database)
        gold = asker.ask(turn.question, database, after=Previous(before.query, questions, 1.0))
        answer = asker.ask(turn.question, database, after=answer)
        sql = {"as_new": new.sql, "after_gold": gold.sql, "after_answer": answer.sql}
        right = {
            f"{way}_right": execution(turn.query, one, database).match for way, one in sql.items()
        }
        yield ScoredTurn(
            dialogue.place, turn.question, turn.query, first, **sql, **right,  # type: ignore[arg-type]
            confidence=gold.confidence,
        )  # fmt: skip
        questions = (*questions, turn.question) if gold.earlier else (turn.question,)
        before = turn


def starts(asker: Text2SQL, pairs: Iterable[Pair], catalog: Catalog) -> Iterator[Start]:
    """Ask the turns that go on from nothing, alone and after the one before."""
    from text2sql.answering.conversation.following import Previous
    from text2sql.metrics.execution import execution

    for pair in pairs:
        if pair.starts:
            turn, database = pair.turn, catalog.get(pair.turn.db_id)
            before = Previous(pair.before.query, (pair.before.question,), 1.0)
            alone = asker.ask(turn.question, database)
            after = asker.ask(turn.question, database, after=before)
            right = [execution(turn.query, one.sql, database).match for one in (alone, after)]
            yield Start(
                before.sql, turn.question, turn.query, alone.sql, right[0], after.sql, right[1],
                after.follows,
            )  # fmt: skip


class _Remembering:
    """A model that remembers its candidates, because the ways ask the same questions."""

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.name = generator.name
        self.known: dict[tuple[str, str, Options], list[Candidate]] = {}

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        key = (question, database.db_id, options)
        if key not in self.known:
            self.known[key] = self.generator.generate(question, database, options)
        return self.known[key]
