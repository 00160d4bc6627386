"""One question at a time, none that nobody waits for, and a line whose places are known."""

from __future__ import annotations

import threading
import time
from concurrent.futures import CancelledError
from contextvars import ContextVar
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
    tickets = [model.submit(question, DATABASE) for question in ("a", "b", "c")]
    recorder.go_on.set()
    assert [ticket.result(5) for ticket in tickets] == ["a on d", "b on d", "c on d"]
    assert recorder.most == 1


def test_a_question_that_was_given_up_in_the_queue_is_never_asked(
    model: ModelThread, recorder: Recorder
) -> None:
    first, second, third = (model.submit(question, DATABASE) for question in ("a", "b", "c"))
    second.give_up()
    recorder.go_on.set()
    assert (first.result(5), third.result(5)) == ("a on d", "c on d")
    with pytest.raises(CancelledError):
        second.result(5)
    assert recorder.asked == ["a", "c"]


def test_an_error_reaches_the_one_who_asked_and_nobody_else(
    model: ModelThread, recorder: Recorder
) -> None:
    recorder.go_on.set()
    bad, good = model.submit("bad", DATABASE), model.submit("good", DATABASE)
    with pytest.raises(ValueError, match="bad"):
        bad.result(5)
    assert good.result(5) == "good on d"


def test_everyone_in_line_knows_their_place_and_moves_up(
    model: ModelThread, recorder: Recorder
) -> None:
    tickets = [model.submit(question, DATABASE) for question in ("a", "b", "c")]
    assert [ticket.place for ticket in tickets] == [0, 1, 2]
    tickets[1].give_up()
    assert [ticket.place for ticket in tickets] == [0, 0, 1]
    recorder.go_on.set()
    tickets[2].result(5)


def test_who_gives_up_stops_waiting_at_once_though_the_model_goes_on(
    model: ModelThread, recorder: Recorder
) -> None:
    ticket = model.submit("a", DATABASE)
    threading.Timer(0.05, ticket.give_up).start()
    started = time.perf_counter()
    assert not ticket.wait(5)
    assert time.perf_counter() - started < 4
    assert ticket.given_up
    recorder.go_on.set()


def test_a_wait_ends_when_the_line_moves(model: ModelThread, recorder: Recorder) -> None:
    first, second, third = (model.submit(question, DATABASE) for question in ("a", "b", "c"))
    threading.Timer(0.05, second.give_up).start()
    assert third.wait(5)
    assert third.place == 1
    recorder.go_on.set()
    while third.wait(5):
        pass
    assert (first.result(5), third.result(5)) == ("a on d", "c on d")


def test_the_work_is_done_in_the_context_of_whoever_asked(recorder: Recorder) -> None:
    visitor: ContextVar[str] = ContextVar("visitor")
    seen: list[str] = []
    model = ModelThread(recorder)  # type: ignore[arg-type]
    recorder.ask = lambda question, database: seen.append(visitor.get())  # type: ignore[method-assign]
    tickets = []
    for name in ("ann", "bob"):
        visitor.set(name)
        tickets.append(model.submit("?", DATABASE))
    for ticket in tickets:
        ticket.result(5)
    assert seen == ["ann", "bob"]
