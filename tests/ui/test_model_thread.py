"""One question at a time, and none that nobody waits for."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from text2sql.databases import Database
from text2sql.schema import Schema
from text2sql.ui.model_thread import ModelThread

DATABASE = Database("d", Schema.from_text("t(a)"))


class Recorder:
    """Stands for ``Text2SQL``: notes what it is asked and how many ask at once."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go_on = threading.Event()
        self.inside = 0
        self.most = 0

    def ask(self, question: str, database: Database) -> Any:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.asked.append(question)
        self.go_on.wait(5)
        self.inside -= 1
        if question == "bad":
            raise ValueError(question)
        return f"{question} on {database.db_id}"


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def model(recorder: Recorder) -> ModelThread:
    return ModelThread(recorder)  # type: ignore[arg-type]


def test_questions_are_answered_one_after_the_other(model: ModelThread, recorder: Recorder) -> None:
    jobs = [model.submit(question, DATABASE) for question in ("a", "b", "c")]
    recorder.go_on.set()
    assert [job.result(5) for job in jobs] == ["a on d", "b on d", "c on d"]
    assert recorder.most == 1


def test_a_question_that_was_given_up_in_the_queue_is_never_asked(
    model: ModelThread, recorder: Recorder
) -> None:
    first, second, third = (model.submit(question, DATABASE) for question in ("a", "b", "c"))
    assert second.cancel()
    recorder.go_on.set()
    assert (first.result(5), third.result(5)) == ("a on d", "c on d")
    assert recorder.asked == ["a", "c"]


def test_an_error_reaches_the_one_who_asked_and_nobody_else(
    model: ModelThread, recorder: Recorder
) -> None:
    recorder.go_on.set()
    bad, good = model.submit("bad", DATABASE), model.submit("good", DATABASE)
    with pytest.raises(ValueError, match="bad"):
        bad.result(5)
    assert good.result(5) == "good on d"
