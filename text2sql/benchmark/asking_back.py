"""Measure what asking back saves: right at the first answer, and after at most one click.

Asks every question once. If the two most likely readings are close, the page asks which one was
meant; a click is taken to choose the right one if either is right. The table has a line for each
closeness from which the page could ask; the one that it uses is marked. Without --questions, the
bundled samples are asked.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from text2sql.arguments import add_asked, add_json, find_model

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer, Text2SQL
    from text2sql.databases import Catalog, Database
    from text2sql.spider import Example

__all__ = ["TwoReadings", "add_arguments", "ask_back", "figures", "run"]

_CLOSENESS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True)
class TwoReadings:
    """A question with the verdicts on both readings.

    ``closeness`` is 0 if there is no second reading to offer. ``doubted`` means that the answer
    comes with a warning.
    """

    first: bool
    second: bool
    closeness: float
    doubted: bool


def add_arguments(parser: ArgumentParser) -> None:
    add_asked(parser)
    add_json(parser)


def run(args: Namespace) -> int:
    from tqdm import tqdm

    from text2sql.answering.pipeline import Text2SQL
    from text2sql.benchmark.score import load_questions
    from text2sql.databases import Catalog
    from text2sql.terminal import format_table, print_json

    catalog = Catalog.open(args.spider_dir)
    questions = load_questions(args.questions, catalog)[: args.limit]
    asked = list(ask_back(Text2SQL(find_model(args)), tqdm(questions, unit="question"), catalog))
    lines = figures(asked)
    if args.json:
        print_json(lines)
        return 0
    wrong = [one for one in asked if not one.first]
    print(f"Percent of {len(asked)} questions")
    print(format_table(list(lines[0]), [list(line.values()) for line in lines]))
    print(
        f"{sum(one.doubted for one in wrong)} of {len(wrong)} wrong answers come with a doubt, and "
        f"{sum(one.doubted and one.first for one in asked)} of {len(asked) - len(wrong)} right ones"
    )
    return 0


def ask_back(
    asker: Text2SQL, questions: Iterable[Example], catalog: Catalog
) -> Iterator[TwoReadings]:
    """Ask each question, and judge both readings by execution match."""
    for example in questions:
        database = catalog.get(example.db_id)
        yield _judged(asker.ask(example.question, database), example, database)


def _judged(answer: Answer, example: Example, database: Database) -> TwoReadings:
    from text2sql.answering.asking_back import two_readings

    readings = two_readings(answer, database.schema, close=0.0)
    offered = readings is not None and answer.second is not None
    return TwoReadings(
        first=_right(answer.sql, example, database),
        second=readings is not None and _right(readings[1].sql, example, database),
        closeness=answer.second.closeness if offered and answer.second else 0.0,
        doubted=bool(answer.doubt),
    )


def _right(sql: str, example: Example, database: Database) -> bool:
    from text2sql.metrics.execution import execution

    return any(execution(gold, sql, database).match for gold in example.golds)


def figures(asked: Sequence[TwoReadings]) -> list[dict[str, Any]]:
    """Return a line for each closeness, in percent of all questions."""
    from text2sql.answering.asking_back import CLOSE

    return [
        _line(asked, close, "*" if close == CLOSE else "") for close in sorted({*_CLOSENESS, CLOSE})
    ]


def _line(asked: Sequence[TwoReadings], close: float, mark: str) -> dict[str, Any]:
    back = [one for one in asked if one.closeness >= close]

    def percent(number: int) -> float:
        return round(100 * number / len(asked), 1)

    first = sum(one.first for one in asked)
    saved = sum(one.second and not one.first for one in back)
    return {
        "closeness": f"{close}{mark}",
        "right at first": percent(first),
        "after one click": percent(first + saved),
        "asked back": percent(len(back)),
        "of these first right": percent(sum(one.first for one in back)),
        "second right": percent(saved),
        "neither": percent(sum(not one.first and not one.second for one in back)),
    }
