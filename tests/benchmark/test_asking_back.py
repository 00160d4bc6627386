"""What one click saves."""

from __future__ import annotations

from text2sql.answering.asking_back import CLOSE
from text2sql.answering.pipeline import Text2SQL
from text2sql.benchmark.asking_back import TwoReadings, ask_back, figures
from text2sql.databases import Catalog, Database
from text2sql.generators.base import Candidate, Options
from text2sql.spider import Example

GOLD = "SELECT count(*) FROM doctor"


class TwoMinds:
    """A model that finds doctors and departments equally likely."""

    name = "two minds"

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        return [Candidate("SELECT count(*) FROM department", -1.0), Candidate(GOLD, -1.1)]


def test_both_readings_are_judged_and_how_close_they_are() -> None:
    example = Example("How many?", GOLD, "clinic")
    (found,) = ask_back(Text2SQL(TwoMinds()), [example], Catalog.open())
    assert (found.first, found.second, found.closeness > 0.9) == (False, True, True)


def test_a_click_saves_a_question_whose_second_reading_is_right() -> None:
    asked = [
        TwoReadings(True, False, 0.0, False),
        TwoReadings(True, False, 0.9, False),
        TwoReadings(False, True, 0.9, True),
        TwoReadings(False, False, 0.9, True),
        TwoReadings(False, True, CLOSE - 0.01, False),
    ]
    line = next(line for line in figures(asked) if line["closeness"] == f"{CLOSE}*")
    assert line == {
        "closeness": f"{CLOSE}*",
        "right at first": 40.0,
        "after one click": 60.0,
        "asked back": 60.0,
        "of these first right": 20.0,
        "second right": 20.0,
        "neither": 20.0,
    }
