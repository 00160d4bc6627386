"""``python -m text2sql.benchmark choosing`` in small."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from text2sql.benchmark.__main__ import main
from text2sql.databases import Database
from text2sql.generators import registry
from text2sql.generators.base import Candidate, Options

RIGHT = "SELECT count(*) FROM doctor"
NONSENSE = "SELECT sum(doctor_id) FROM doctor"
EMPTY = "SELECT name FROM doctor WHERE name = 'Nobody'"


class Hesitant:
    """Finds nonsense most probable, then a query without rows, then the right one."""

    name = "hesitant"

    def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
        found = [
            Candidate(EMPTY, -1.0),
            Candidate(RIGHT, -1.1),
            Candidate(NONSENSE, -3.5, penalty=3.0),
        ]
        return found[: options.beams]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.json"
    path.write_text(json.dumps([{"question": "How many?", "query": RIGHT, "db_id": "clinic"}]))
    return path


def test_each_way_to_choose_is_judged_with_each_number_of_beams(
    questions: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(registry, "load_generator", lambda _: Hesitant())
    assert main(["choosing", "--questions", str(questions), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    executed = {(row["beams"], row["chosen by"]): row["execution"] for row in rows}
    assert len(executed) == 4 * 6
    assert {way: executed[6, way] for beams, way in executed if beams == 6} == {
        "the most probable": 0.0,
        "plausibility": 0.0,
        "rows": 0.0,
        "plausibility and rows": 100.0,
        "plausibility, mentions and rows": 100.0,
        "any of them": 100.0,
    }
    assert executed[1, "any of them"] == 0.0


def test_people_read_a_table(
    questions: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(registry, "load_generator", lambda _: Hesitant())
    assert main(["choosing", "--questions", str(questions)]) == 0
    assert "plausibility and rows" in capsys.readouterr().out
