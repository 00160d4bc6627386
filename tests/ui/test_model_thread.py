"""One question at a time, none that nobody waits for, and a queue whose places are known."""

from __future__ import annotations

import threading
import time
from concurrent.futures import CancelledError
from contextvars import ContextVar
from typing import Any

import pytest

from text2sql.answering.pipeline import Service
from text2sql.databases import Database
from text2sql.errors import FullError
from text2sql.schema import Schema
from text2sql.ui.fair_queue import QueueLimits
from text2sql.ui.model_thread import ModelThread, model_threads
from text2sql.ui.ticket import Ticket

DATABASE = Database("d", Schema.from_text("t(a)"))


class Recorder:
    """Stands for ``Text2SQL``: notes what it is asked and how many ask at once."""

    loaded = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go_on = threading.Event()
        self.inside = 0
        self.most = 0

    def ask(self, question: str, database: Database, service: Service) -> Any:
        return service.turn(lambda: self._write(question, database))

    def _write(self, question: str, database: Database) -> str:
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


def _submit(model: ModelThread, question: str) -> Ticket[Any]:
    return model.submit(question, DATABASE)


def _in_line(model: ModelThread, *questions: str) -> list[Ticket[Any]]:
    """Tickets of questions that have come to the model's own queue, in this order."""
    tickets: list[Ticket[Any]] = []
    for question in questions:
        ticket = _submit(model, question)
        ends = time.monotonic() + 5
        while ticket.inner is None or (not tickets and ticket.place):
            assert time.monotonic() < ends
            time.sleep(0.002)
        tickets.append(ticket)
    return tickets


def test_questions_are_answered_one_after_the_other(model: ModelThread, recorder: Recorder) -> None:
    tickets = [_submit(model, question) for question in ("a", "b", "c")]
    recorder.go_on.set()
    assert [ticket.result(5) for ticket in tickets] == ["a on d", "b on d", "c on d"]
    assert recorder.most == 1


def test_a_question_that_was_given_up_in_the_queue_is_never_asked(
    model: ModelThread, recorder: Recorder
) -> None:
    first, second, third = _in_line(model, "a", "b", "c")
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
    bad, good = _submit(model, "bad"), _submit(model, "good")
    with pytest.raises(ValueError, match="bad"):
        bad.result(5)
    assert good.result(5) == "good on d"


def test_everyone_in_line_knows_their_place_and_moves_up(
    model: ModelThread, recorder: Recorder
) -> None:
    tickets = _in_line(model, "a", "b", "c")
    assert [ticket.place for ticket in tickets] == [0, 1, 2]
    tickets[1].give_up()
    assert [ticket.place for ticket in tickets] == [0, 0, 1]
    recorder.go_on.set()
    tickets[2].result(5)


def test_who_gives_up_stops_waiting_at_once_though_the_model_goes_on(
    model: ModelThread, recorder: Recorder
) -> None:
    ticket = _submit(model, "a")
    threading.Timer(0.05, ticket.give_up).start()
    started = time.perf_counter()
    assert not ticket.wait(5)
    assert time.perf_counter() - started < 4
    assert ticket.given_up
    recorder.go_on.set()


def test_only_the_network_waits_for_its_turn(recorder: Recorder) -> None:
    """Reading cells before and running candidates after it hold up nobody else."""
    go_on = threading.Event()

    def ask(question: str, database: Database, service: Service) -> Any:
        if question == "slow before":
            go_on.wait(5)
        written = service.turn(lambda: question)
        if question == "slow after":
            go_on.wait(5)
        return written

    recorder.ask = ask  # type: ignore[method-assign]
    model = ModelThread(recorder)  # type: ignore[arg-type]
    slow = [_submit(model, question) for question in ("slow before", "slow after")]
    assert _submit(model, "quick").result(2) == "quick"
    assert all(ticket.waiting for ticket in slow)
    go_on.set()
    assert [ticket.result(5) for ticket in slow] == ["slow before", "slow after"]


def test_who_gives_up_ends_the_queries_that_run_for_him(recorder: Recorder) -> None:
    began, ended = threading.Event(), threading.Event()

    def ask(question: str, database: Database, service: Service) -> None:
        assert service.cancel is not None
        began.set()
        if service.cancel.wait(5):
            ended.set()

    recorder.ask = ask  # type: ignore[method-assign]
    ticket = ModelThread(recorder).submit("a", DATABASE, "ann")  # type: ignore[arg-type]
    assert began.wait(2)
    ticket.give_up()
    assert ended.wait(2)


def test_a_full_line_is_told_before_anything_is_done(recorder: Recorder) -> None:
    model = ModelThread(recorder, QueueLimits(in_all=2, of_each=9))  # type: ignore[arg-type]
    tickets = _in_line(model, "a", "b", "c")  # one at work and two in queue
    with pytest.raises(FullError, match="The queue for the model is full; try again in"):
        _submit(model, "d")
    recorder.go_on.set()
    assert [ticket.result(5) for ticket in tickets] == ["a on d", "b on d", "c on d"]
    assert recorder.asked == ["a", "b", "c"]


def test_an_evaluation_is_patient(recorder: Recorder) -> None:
    model = ModelThread(recorder, QueueLimits(in_all=0))  # type: ignore[arg-type]
    recorder.go_on.set()
    ticket: Ticket[Any] = model.submit("a", DATABASE, "evaluation", patient=True)
    assert ticket.result(5) == "a on d"


def test_the_work_is_done_in_the_context_of_whoever_asked(recorder: Recorder) -> None:
    visitor: ContextVar[str] = ContextVar("visitor")
    seen: list[str] = []
    model = ModelThread(recorder)  # type: ignore[arg-type]

    def write(question: str, database: Database) -> str:
        seen.append(visitor.get())
        return question

    recorder._write = write  # type: ignore[method-assign]
    tickets = []
    for name in ("ann", "bob"):
        visitor.set(name)
        tickets.append(_submit(model, "?"))
    for ticket in tickets:
        ticket.result(5)
    assert seen == ["ann", "bob"]


def test_the_models_beside_the_default_take_turns_with_each_other(recorder: Recorder) -> None:
    first, second, third = model_threads(Recorder(), [recorder, recorder])  # type: ignore[arg-type, list-item]
    tickets = [_submit(second, "a"), _submit(third, "b")]
    first.text2sql.go_on.set()  # type: ignore[attr-defined]
    assert _submit(first, "c").result(5) == "c on d"
    assert all(ticket.waiting for ticket in tickets)
    recorder.go_on.set()
    assert sorted(ticket.result(5) for ticket in tickets) == ["a on d", "b on d"]
    assert recorder.most == 1


def test_a_model_that_must_be_loaded_first_may_take_longer(recorder: Recorder) -> None:
    recorder.loaded = False
    model = ModelThread(recorder, hangs_after_s=0.05)  # type: ignore[arg-type]
    ticket = _submit(model, "a")
    time.sleep(0.2)
    assert ticket.waiting
    recorder.go_on.set()
    assert ticket.result(5) == "a on d"
