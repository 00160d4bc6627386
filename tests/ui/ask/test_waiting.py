"""A visitor waits for one thing at a time, and can stop."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from text2sql.databases import Database
from text2sql.schema import Schema
from text2sql.ui.ask import waiting as module
from text2sql.ui.ask.waiting import Waiting
from text2sql.ui.model_thread import ModelThread, Ticket

DATABASE = Database("d", Schema.from_text("t(a)"))


class Blocked:
    """Stands for ``Text2SQL``: answers when it is told to."""

    def __init__(self) -> None:
        self.go_on = threading.Event()

    def ask(self, question: str, database: Database) -> Any:
        self.go_on.wait(10)
        return question


@pytest.fixture
def blocked(monkeypatch: pytest.MonkeyPatch) -> Blocked:
    monkeypatch.setattr(module, "_FIRST_S", 0.01)
    monkeypatch.setattr(module, "_TICK_S", 0.01)
    return Blocked()


@pytest.fixture
def model(blocked: Blocked) -> ModelThread:
    return ModelThread(blocked)  # type: ignore[arg-type]


def test_a_wait_tells_the_place_and_the_seconds_until_the_answer_is_there(
    model: ModelThread, blocked: Blocked
) -> None:
    waiting = Waiting()
    first, second = model.submit("a", DATABASE), model.submit("b", DATABASE)
    steps = waiting.through(second)
    assert next(steps)[0] == 1
    blocked.go_on.set()
    list(steps)
    assert (first.result(5), second.result(5), second.given_up) == ("a", "b", False)


def test_stopping_ends_the_wait_with_a_farewell(model: ModelThread, blocked: Blocked) -> None:
    waiting, ticket = Waiting(), model.submit("a", DATABASE)
    for _ in waiting.through(ticket):
        waiting.stop("bye")
    assert (ticket.given_up, waiting.farewell(ticket)) == (True, "bye")
    blocked.go_on.set()


def test_another_question_replaces_the_first_whose_handler_then_says_nothing(
    model: ModelThread, blocked: Blocked
) -> None:
    waiting = Waiting()
    first, second = model.submit("a", DATABASE), model.submit("b", DATABASE)
    before = waiting.through(first)
    next(before)
    after = waiting.through(second)
    next(after)
    assert list(before) == []
    assert (first.given_up, waiting.farewell(first)) == (True, None)
    blocked.go_on.set()
    list(after)
    assert second.result(5) == "b"


def test_a_visitor_who_has_gone_waits_no_more(model: ModelThread, blocked: Blocked) -> None:
    waiting = Waiting()
    model.submit("a", DATABASE)
    ticket: Ticket[Any] = model.submit("b", DATABASE)
    steps = waiting.through(ticket)
    next(steps)
    steps.close()
    assert ticket.given_up
    blocked.go_on.set()


def test_stopping_where_nobody_waits_does_nothing() -> None:
    Waiting().stop("bye")
