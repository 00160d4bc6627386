"""Processes that answer questions at once, each with the model loaded.

The pocket model answers a question on one core, since a second one hardly helps it
(``generators/pocket/threads.py``): more cores are for more questions.
"""

from __future__ import annotations

import os
import signal
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from text2sql.errors import DataError, Text2SQLError
from text2sql.evaluation.answering import predict_example
from text2sql.evaluation.processes import launched
from text2sql.generators.choice import ModelChoice
from text2sql.pipeline import Text2SQL, is_pocket

if TYPE_CHECKING:
    from text2sql.databases import Catalog
    from text2sql.evaluation.run import Prediction
    from text2sql.spider import Example

__all__ = ["Shares", "answers", "fitting_workers"]

_WORTH_A_WORKER = 20  # questions, which take as long as loading the model once more
_MOST = 16  # each holds half a gigabyte


def fitting_workers(model: str | ModelChoice, questions: int) -> int:
    """How many processes answer soonest: one a core, if the model uses one and it is worth it.

    Raises:
        ModelError: there is no such model.
    """
    choice = model if isinstance(model, ModelChoice) else ModelChoice(model)
    if launched() > 1 or not is_pocket(choice):
        return 1
    return max(1, min(_cores(), questions // _WORTH_A_WORKER, _MOST))


def _cores() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def answers(
    asker: Text2SQL, examples: Mapping[int, Example], catalog: Catalog, workers: int = 1
) -> Iterator[tuple[int, Prediction]]:
    """The answer to each of the numbered questions, as they come.

    Raises:
        ModelError: the model's files are missing or do not fit.
        DataError: one of the processes ended before its time.
    """
    workers = min(workers, len(examples))
    if workers > 1:
        yield from _at_once(asker, examples, catalog, workers)
        return
    for number, example in examples.items():
        yield number, predict_example(asker, example, catalog)


def _at_once(
    asker: Text2SQL, examples: Mapping[int, Example], catalog: Catalog, count: int
) -> Iterator[tuple[int, Prediction]]:
    shares = Shares(examples, count)
    with ExitStack() as stack:
        started = [stack.enter_context(_Worker(asker, catalog)) for _ in range(count)]
        asked: dict[int, int] = {}  # by worker, the question that it is at
        for worker in range(count):
            _ask_next(worker, started, shares, examples, asked)
        while asked:
            for connection in wait([started[worker].connection for worker in asked]):
                worker = next(w for w in asked if started[w].connection is connection)
                answer, number = started[worker].answer(), asked.pop(worker)
                _ask_next(worker, started, shares, examples, asked)  # it need not wait for us
                yield number, answer


def _ask_next(
    worker: int,
    started: list[_Worker],
    shares: Shares,
    examples: Mapping[int, Example],
    asked: dict[int, int],
) -> None:
    number = shares.next(worker)
    if number is not None:
        started[worker].ask(examples[number])
        asked[worker] = number


class Shares:
    """Which worker answers which question.

    A worker stays with a database, whose schema and cells it has read, until its questions are
    answered. In the end those that have none left help the others.
    """

    def __init__(self, examples: Mapping[int, Example], workers: int) -> None:
        databases: defaultdict[str, deque[int]] = defaultdict(deque)
        for number, example in examples.items():
            databases[example.db_id].append(number)
        self._waiting = sorted(databases.values(), key=len)
        self._own: list[deque[int]] = [deque() for _ in range(workers)]

    def next(self, worker: int) -> int | None:
        """The question for a worker that has none to answer; None where none is left."""
        if not self._own[worker] and self._waiting:
            self._own[worker] = self._waiting.pop()  # long ones first, or the last takes long
        if self._own[worker]:
            return self._own[worker].popleft()
        longest = max(self._own, key=len)
        return longest.pop() if longest else None


class _Worker:
    """One process, answering one question at a time until it is closed."""

    def __init__(self, asker: Text2SQL, catalog: Catalog) -> None:
        context = get_context("spawn")  # a copy of a process with threads may hang
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, asker, catalog), daemon=True)
        self.process.start()
        theirs.close()

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *_: object) -> None:
        """End it at once: what it was doing is not wanted any more."""
        self.process.terminate()
        self.process.join()
        self.connection.close()

    def ask(self, example: Example) -> None:
        with suppress(OSError):  # it has died, and asking for the answer says so
            self.connection.send(example)

    def answer(self) -> Prediction:
        """Raises:
        Text2SQLError: what it raised.
        DataError: it ended without an answer.
        """
        try:
            found: Prediction | Text2SQLError = self.connection.recv()
        except (EOFError, OSError):
            self.process.join()
            raise DataError(
                f"A process that answered questions ended (exit code {self.process.exitcode}); "
                "there may be too little memory for so many: take fewer --workers."
            ) from None
        if isinstance(found, Text2SQLError):
            raise found
        return found


def _work(connection: Connection, asker: Text2SQL, catalog: Catalog) -> None:
    """Answer what comes until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asks, who ends this
    with suppress(EOFError, OSError):
        while True:
            example = connection.recv()
            try:
                connection.send(predict_example(asker, example, catalog))
            except Text2SQLError as error:
                connection.send(error)
